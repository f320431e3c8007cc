<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es_ES" sourcelanguage="en_GB">
<context>
    <name></name>
    <message>
        <source>Note</source>
        <translation>Nota</translation>
    </message>
    <message>
        <source>Text on the image:</source>
        <translation>Texto sobre la imagen:</translation>
    </message>
    <message>
        <source>{title} names no frame of reference, so that a drawing on it would have no place in the patient.</source>
        <translation>{title} no indica ningún marco de referencia, por lo que un trazo en ella no tendría lugar en el paciente.</translation>
    </message>
    <message>
        <source>The picture is a slab of {thickness_mm:.0f} mm, and the statistics of a region are those of a thin plane; set the slab to thin first.</source>
        <translation>La imagen es un bloque de {thickness_mm:.0f} mm y las estadísticas de una región son las de un plano fino; ponga antes el bloque en fino.</translation>
    </message>
    <message>
        <source>Your choices of layouts</source>
        <translation>Sus disposiciones elegidas</translation>
    </message>
    <message>
        <source>Your choices of layouts start anew</source>
        <translation>Sus disposiciones elegidas se reinician</translation>
    </message>
    <message>
        <source>start anew</source>
        <translation>se reinician</translation>
    </message>
    <message>
        <source>Calculated high b-value</source>
        <translation>Valor b alto calculado</translation>
    </message>
    <message>
        <source>Calculated b-value in s/mm²</source>
        <translation>Valor b calculado en s/mm²</translation>
    </message>
    <message>
        <source>calculated b = {b_value:.0f}</source>
        <translation>b calculado = {b_value:.0f}</translation>
    </message>
    <message>
        <source>S(b) from b {base:g} s/mm² and the ADC, mono-exponential; not an acquired image.</source>
        <translation>S(b) a partir de b {base:g} s/mm² y el ADC, monoexponencial; no es una imagen adquirida.</translation>
    </message>
    <message>
        <source>Gland</source>
        <translation>Próstata</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>Zonas</translation>
    </message>
    <message>
        <source>Lesions</source>
        <translation>Lesiones</translation>
    </message>
    <message>
        <source>Axial cut</source>
        <translation>Corte axial</translation>
    </message>
    <message>
        <source>Sagittal cut</source>
        <translation>Corte sagital</translation>
    </message>
    <message>
        <source>Coronal cut</source>
        <translation>Corte coronal</translation>
    </message>
    <message>
        <source>Se {value} · {across:.2f}×{down:.2f}×{thickness:.1f} mm</source>
        <translation>Se {value} · {across:.2f}×{down:.2f}×{thickness:.1f} mm</translation>
    </message>
    <message>
        <source>inverted</source>
        <translation>invertido</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Iniciar</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>Fase</translation>
    </message>
    <message>
        <source>Phases per second</source>
        <translation>Fases por segundo</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Place the crosshair on the DCE.</source>
        <translation>Coloque el cursor en cruz sobre la DCE.</translation>
    </message>
    <message>
        <source>no type</source>
        <translation>sin tipo</translation>
    </message>
    <message>
        <source>TTP s</source>
        <translation>TTP s</translation>
    </message>
    <message>
        <source>no enhancement</source>
        <translation>sin realce</translation>
    </message>
    <message>
        <source>{types}, peak {peak_percent:.0f} % after {time_to_peak_s:.0f} s, wash-in {wash_in:.1f} % per second, wash-out {wash_out:.0f} % per minute</source>
        <translation>{types}, pico {peak_percent:.0f} % a los {time_to_peak_s:.0f} s, wash-in {wash_in:.1f} % por segundo, wash-out {wash_out:.0f} % por minuto</translation>
    </message>
    <message>
        <source>Enhancement over time. {told}</source>
        <translation>Realce en el tiempo. {told}</translation>
    </message>
    <message>
        <source>Time after the first phase (s)</source>
        <translation>Tiempo tras la primera fase (s)</translation>
    </message>
    <message>
        <source>Enhancement (%)</source>
        <translation>Realce (%)</translation>
    </message>
    <message>
        <source>Loading the dynamic series …</source>
        <translation>Cargando la serie dinámica …</translation>
    </message>
    <message>
        <source>This study has no dynamic contrast-enhanced series.</source>
        <translation>Este estudio no tiene serie dinámica con contraste.</translation>
    </message>
    <message>
        <source>Cursor</source>
        <translation>Cursor</translation>
    </message>
    <message>
        <source>Region {number}</source>
        <translation>Región {number}</translation>
    </message>
    <message>
        <source>{most} lesions and the {most} newest regions have curves; there is none of {names}.</source>
        <translation>Tienen curvas {most} lesiones y las {most} regiones más recientes; no la hay de {names}.</translation>
    </message>
    <message>
        <source>The DCE ({named})</source>
        <translation>La DCE ({named})</translation>
    </message>
    <message>
        <source>Wash-in</source>
        <translation>Wash-in</translation>
    </message>
    <message>
        <source>Wash-out</source>
        <translation>Wash-out</translation>
    </message>
    <message>
        <source>Time to peak</source>
        <translation>Tiempo al pico</translation>
    </message>
    <message>
        <source>The contrast maps are not computed yet.</source>
        <translation>Los mapas de contraste aún no están calculados.</translation>
    </message>
    <message>
        <source>Phase {value} / {len} · {times_s:.0f} s</source>
        <translation>Fase {value} / {len} · {times_s:.0f} s</translation>
    </message>
    <message>
        <source>phase {number} ({time_s:.0f} s)</source>
        <translation>fase {number} ({time_s:.0f} s)</translation>
    </message>
    <message>
        <source>DCE subtraction</source>
        <translation>Sustracción DCE</translation>
    </message>
    <message>
        <source>{series}, calculated</source>
        <translation>{series}, calculado</translation>
    </message>
    <message>
        <source>The images of one phase</source>
        <translation>Las imágenes de una fase</translation>
    </message>
    <message>
        <source>Subtr.</source>
        <translation>Sustr.</translation>
    </message>
    <message>
        <source>A phase less those before contrast agent</source>
        <translation>Una fase menos las anteriores al contraste</translation>
    </message>
    <message>
        <source>Wash-in: how fast the signal rises to its peak, in % per second</source>
        <translation>Wash-in: rapidez con que la señal sube hasta el pico, en % por segundo</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Out</translation>
    </message>
    <message>
        <source>Wash-out: how fast it falls after the peak, in % per minute</source>
        <translation>Wash-out: rapidez con que cae tras el pico, en % por minuto</translation>
    </message>
    <message>
        <source>Time from onset to nine tenths of the peak, in seconds</source>
        <translation>Tiempo desde el inicio hasta nueve décimas del pico, en segundos</translation>
    </message>
    <message>
        <source>Check the match, e.g. with the swipe of the fusion, before you measure in it.</source>
        <translation>Compruebe la coincidencia, p. ej., con la cortina de la fusión, antes de medir en ella.</translation>
    </message>
    <message>
        <source>{title} is not linked, so there is nothing to undo.</source>
        <translation>{title} no está vinculada, así que no hay nada que deshacer.</translation>
    </message>
    <message>
        <source>{series_in_words} is no longer linked; it carries no overlays and is not measured.</source>
        <translation>{series_in_words} ya no está vinculada; no lleva superposiciones y no se mide.</translation>
    </message>
    <message>
        <source>{title} is linked already; unlink it before you anchor it again.</source>
        <translation>{title} ya está vinculada; desvincúlela antes de volver a anclarla.</translation>
    </message>
    <message>
        <source>Anchoring {series_in_words}: put the crosshair on a place in the T2 that you recognise in both, then click that place in the series. Esc stops.</source>
        <translation>Anclaje de {series_in_words}: ponga el cursor en cruz en un punto del T2 que reconozca en ambas y haga clic en ese punto de la serie. Esc lo detiene.</translation>
    </message>
    <message>
        <source>{series_in_words} is anchored where you marked it: shifted, not turned. {check}</source>
        <translation>{series_in_words} está anclada donde la marcó: desplazada, no girada. {check}</translation>
    </message>
    <message>
        <source>The registration of {series_in_words} was stopped; nothing was changed.</source>
        <translation>Se detuvo el registro de {series_in_words}; no se cambió nada.</translation>
    </message>
    <message>
        <source>{series_in_words} is being registered onto the axial T2; its chip tells how far, and stops it.</source>
        <translation>{series_in_words} se está registrando sobre el T2 axial; su etiqueta indica el progreso y lo detiene.</translation>
    </message>
    <message>
        <source>{series_in_words} was moved while it was being registered; register it once more.</source>
        <translation>{series_in_words} se movió durante el registro; regístrela otra vez.</translation>
    </message>
    <message>
        <source>: {in_words} (higher is better)</source>
        <translation>: {in_words} (cuanto más alto, mejor)</translation>
    </message>
    <message>
        <source>registered onto the axial T2, turned by {turn_deg:.1f}°{score}</source>
        <translation>registrada sobre el T2 axial, girada {turn_deg:.1f}°{score}</translation>
    </message>
    <message>
        <source>Click the chip to anchor the series at a place that you recognise in both, or to register it.</source>
        <translation>Haga clic en la etiqueta para anclar la serie en un punto que reconozca en ambas, o para registrarla.</translation>
    </message>
    <message>
        <source>Check the match at more than one place before you trust it. Click the chip to unlink the series</source>
        <translation>Compruebe la coincidencia en más de un punto antes de fiarse. Haga clic en la etiqueta para desvincular la serie</translation>
    </message>
    <message>
        <source>Other frame</source>
        <translation>Otro marco</translation>
    </message>
    <message>
        <source>Anchored</source>
        <translation>Anclada</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>Registrada</translation>
    </message>
    <message>
        <source>Anchored at one place: it was shifted, not turned.</source>
        <translation>Anclada en un punto: se desplazó, no se giró.</translation>
    </message>
    <message>
        <source> or to register it.</source>
        <translation> o para registrarla.</translation>
    </message>
    <message>
        <source>Registered: shifted and turned by {turn_deg:.1f}°{score}.</source>
        <translation>Registrada: desplazada y girada {turn_deg:.1f}°{score}.</translation>
    </message>
    <message>
        <source>{title} was acquired in another frame of reference. {how} Crosshair, overlays and measures in it </source>
        <translation>{title} se adquirió en otro marco de referencia. {how} El cursor en cruz, las superposiciones y las medidas en ella </translation>
    </message>
    <message>
        <source>{told}are mapped so. {check}{more}</source>
        <translation>{told}se transfieren así. {check}{more}</translation>
    </message>
    <message>
        <source>was acquired in another frame of reference than {title}</source>
        <translation>se adquirió en un marco de referencia distinto del de {title}</translation>
    </message>
    <message>
        <source>names no frame of reference</source>
        <translation>no indica ningún marco de referencia</translation>
    </message>
    <message>
        <source>It cannot be linked: the study has no axial T2 to lay it on.</source>
        <translation>No se puede vincular: el estudio no tiene T2 axial sobre el que situarla.</translation>
    </message>
    <message>
        <source>{title} {why}, so the crosshair does not follow in it and it carries no overlays. {how}</source>
        <translation>{title} {why}, por lo que el cursor en cruz no la sigue y no lleva superposiciones. {how}</translation>
    </message>
    <message>
        <source>Anchor here: the crosshair of the T2 marks this place</source>
        <translation>Anclar aquí: el cursor en cruz del T2 marca este punto</translation>
    </message>
    <message>
        <source>Anchor: click the place that the T2&apos;s crosshair marks</source>
        <translation>Anclar: haga clic en el punto que marca el cursor en cruz del T2</translation>
    </message>
    <message>
        <source>Stop registering</source>
        <translation>Detener registro</translation>
    </message>
    <message>
        <source>Register onto the axial T2</source>
        <translation>Registrar sobre el T2 axial</translation>
    </message>
    <message>
        <source>Unlink</source>
        <translation>Desvincular</translation>
    </message>
    <message>
        <source>The AI&apos;s map</source>
        <translation>Mapa de la IA</translation>
    </message>
    <message>
        <source>AI suspicion</source>
        <translation>Sospecha IA</translation>
    </message>
    <message>
        <source>Nothing can be laid over: the study has no axial T2 that can be read.</source>
        <translation>No se puede superponer nada: el estudio no tiene un T2 axial legible.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>No</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>Fundir</translation>
    </message>
    <message>
        <source>Blend: colours over the image</source>
        <translation>Fundido: colores sobre la imagen</translation>
    </message>
    <message>
        <source>Swipe</source>
        <translation>Cortina</translation>
    </message>
    <message>
        <source>Swipe: side by side at a divider that can be dragged</source>
        <translation>Cortina: lado a lado con un divisor que se arrastra</translation>
    </message>
    <message>
        <source>Checker</source>
        <translation>Ajedrez</translation>
    </message>
    <message>
        <source>Checkerboard, to check the alignment</source>
        <translation>Damero, para comprobar la alineación</translation>
    </message>
    <message>
        <source>Image laid over the T2 images</source>
        <translation>Imagen superpuesta a las imágenes T2</translation>
    </message>
    <message>
        <source>First colour at</source>
        <translation>Primer color en</translation>
    </message>
    <message>
        <source>Last at</source>
        <translation>Último en</translation>
    </message>
    <message>
        <source>to</source>
        <translation>a</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Valores</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Opacidad</translation>
    </message>
    <message>
        <source>Divider</source>
        <translation>Divisoria</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>Celdas</translation>
    </message>
    <message>
        <source>{word} in percent</source>
        <translation>{word} en porcentaje</translation>
    </message>
    <message>
        <source>{word} in millimetres</source>
        <translation>{word} en milímetros</translation>
    </message>
    <message>
        <source>used</source>
        <translation>usada</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>retirada</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>no usada</translation>
    </message>
    <message>
        <source>Alignment of DWI to T2, mutual information: {before} → {after} ({used})</source>
        <translation>Alineación de DWI con T2, información mutua: {before} → {after} ({used})</translation>
    </message>
    <message>
        <source>bent in the gland by up to {mm} mm → {score}</source>
        <translation>deformadas en la próstata hasta {mm} mm → {score}</translation>
    </message>
    <message>
        <source>Colour map</source>
        <translation>Mapa de color</translation>
    </message>
    <message>
        <source>phase 1</source>
        <translation>fase 1</translation>
    </message>
    <message>
        <source>Bent onto T2 in the gland by the AI, by up to {mm} mm.</source>
        <translation>Deformada por la IA sobre T2 en la próstata, hasta {mm} mm.</translation>
    </message>
    <message>
        <source>Se {value} · {columns} × {rows} pixels</source>
        <translation>Se {value} · {columns} × {rows} píxeles</translation>
    </message>
    <message>
        <source>Prior {day}</source>
        <translation>Previo {day}</translation>
    </message>
    <message>
        <source>All pixels of {title} are 0.</source>
        <translation>Todos los píxeles de {title} son 0.</translation>
    </message>
    <message>
        <source>{title} names no frame of reference, so it is not linked and carries no overlays.</source>
        <translation>{title} no indica ningún marco de referencia, así que no está vinculada ni lleva superposiciones.</translation>
    </message>
    <message>
        <source>{title} is in another frame of reference than {title_2}, so it is not linked.</source>
        <translation>{title} está en un marco de referencia distinto del de {title_2}, así que no está vinculada.</translation>
    </message>
    <message>
        <source>Drag a series here</source>
        <translation>Arrastre una serie aquí</translation>
    </message>
    <message>
        <source>Prior {prior} · {title}</source>
        <translation>Previo {prior} · {title}</translation>
    </message>
    <message>
        <source>Grid {rows} × {columns}</source>
        <translation>Cuadrícula {rows} × {columns}</translation>
    </message>
    <message>
        <source>{title}: {len} of {len_2} series hang in it.</source>
        <translation>{title}: se muestran {len} de {len_2} series.</translation>
    </message>
    <message>
        <source>{listed} are all here</source>
        <translation>{listed} están todas</translation>
    </message>
    <message>
        <source>{listed} are here</source>
        <translation>{listed} están</translation>
    </message>
    <message>
        <source>{listed} is here</source>
        <translation>{listed} está</translation>
    </message>
    <message>
        <source>and</source>
        <translation>y</translation>
    </message>
    <message>
        <source>this study has no {listed}</source>
        <translation>este estudio no tiene {listed}</translation>
    </message>
    <message>
        <source>or</source>
        <translation>o</translation>
    </message>
    <message>
        <source> last phase</source>
        <translation> última fase</translation>
    </message>
    <message>
        <source> phase {n}</source>
        <translation> fase {n}</translation>
    </message>
    <message>
        <source>prior </source>
        <translation>previo </translation>
    </message>
    <message>
        <source>Something unexpected went wrong, and this step was not done. Nothing that you entered is lost. Please try again; if it happens again, send the log file to whoever looks after Prosector here.</source>
        <translation>Se produjo un error inesperado y este paso no se realizó. No se ha perdido nada de lo introducido. Inténtelo de nuevo; si vuelve a ocurrir, envíe el archivo de registro a la persona responsable de Prosector en su centro.</translation>
    </message>
    <message>
        <source>{instead}: {path} cannot be read ({strerror}).</source>
        <translation>{instead}: no se puede leer {path} ({strerror}).</translation>
    </message>
    <message>
        <source>{instead}: {path} is damaged and cannot be kept ({strerror}).</source>
        <translation>{instead}: {path} está dañado y no se puede conservar ({strerror}).</translation>
    </message>
    <message>
        <source>{whose} were damaged and {damaged}; the old file is kept as {aside}.</source>
        <translation>{whose} estaban dañadas y {damaged}; el archivo antiguo se conserva como {aside}.</translation>
    </message>
    <message>
        <source>Worklist</source>
        <translation>Lista de trabajo</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Imágenes</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Siempre</translation>
    </message>
    <message>
        <source>search for a patient</source>
        <translation>buscar un paciente</translation>
    </message>
    <message>
        <source>query again</source>
        <translation>repetir la búsqueda</translation>
    </message>
    <message>
        <source>import a study from a folder</source>
        <translation>importar un estudio de una carpeta</translation>
    </message>
    <message>
        <source>claim the chosen study, or give it back; ask to take it from another reader</source>
        <translation>reservar el estudio elegido o liberarlo; preguntar si se toma de otro lector</translation>
    </message>
    <message>
        <source>filter the list by words</source>
        <translation>filtrar la lista por palabras</translation>
    </message>
    <message>
        <source>show only studies without a final report, and all again</source>
        <translation>mostrar solo estudios sin informe definitivo, y otra vez todos</translation>
    </message>
    <message>
        <source>show only studies that you have claimed, and all again</source>
        <translation>mostrar solo los estudios que usted ha reservado, y otra vez todos</translation>
    </message>
    <message>
        <source>dashboard: what signed reports and runs of the AI teach</source>
        <translation>panel: lo que enseñan los informes firmados y las ejecuciones de la IA</translation>
    </message>
    <message>
        <source>run the AI on the open study</source>
        <translation>ejecutar la IA en el estudio abierto</translation>
    </message>
    <message>
        <source>next lesion, those not reviewed yet first; the images go there</source>
        <translation>lesión siguiente, primero las no revisadas; las imágenes van a ella</translation>
    </message>
    <message>
        <source>previous lesion</source>
        <translation>lesión anterior</translation>
    </message>
    <message>
        <source>accept the AI&apos;s lesion</source>
        <translation>aceptar la lesión de la IA</translation>
    </message>
    <message>
        <source>reject the AI&apos;s lesion and say why; remove one of your own</source>
        <translation>rechazar la lesión de la IA e indicar el motivo; quitar una propia</translation>
    </message>
    <message>
        <source>score {n} for the sequence with the ●; an AI lesion is accepted by it</source>
        <translation>puntuar {n} la secuencia con el ●; con ello se acepta una lesión de la IA</translation>
    </message>
    <message>
        <source>score X, inadequate, for the sequence with the ●; an AI lesion is accepted by it</source>
        <translation>puntuar X, inadecuada, la secuencia con el ●; con ello se acepta una lesión de la IA</translation>
    </message>
    <message>
        <source>let the number keys score T2W (●)</source>
        <translation>usar las teclas numéricas para T2W (●)</translation>
    </message>
    <message>
        <source>let the number keys score DWI (●)</source>
        <translation>usar las teclas numéricas para DWI (●)</translation>
    </message>
    <message>
        <source>DCE positive</source>
        <translation>DCE positiva</translation>
    </message>
    <message>
        <source>DCE negative</source>
        <translation>DCE negativa</translation>
    </message>
    <message>
        <source>extraprostatic extension: none, possible, definite</source>
        <translation>extensión extraprostática: ausente, posible, definitiva</translation>
    </message>
    <message>
        <source>score by the rules of the other zone, PZ or TZ</source>
        <translation>puntuar según las reglas de la otra zona, PZ o TZ</translation>
    </message>
    <message>
        <source>the lesion&apos;s sector: go to it in the sector map with the arrow keys and press Enter</source>
        <translation>sector de la lesión: ir a él en el mapa de sectores con las flechas y pulsar Enter</translation>
    </message>
    <message>
        <source>give the lesion another category, with the reason</source>
        <translation>dar a la lesión otra categoría, con el motivo</translation>
    </message>
    <message>
        <source>write a comment on the lesion</source>
        <translation>escribir un comentario sobre la lesión</translation>
    </message>
    <message>
        <source>add a lesion: click its middle, or press the key again to take the crosshair</source>
        <translation>añadir una lesión: clic en su centro, o pulsar de nuevo la tecla para tomar el cursor en cruz</translation>
    </message>
    <message>
        <source>measure a length; pressed again, put the tool down</source>
        <translation>medir una longitud; al pulsar de nuevo, dejar la herramienta</translation>
    </message>
    <message>
        <source>measure long and short axis</source>
        <translation>medir eje largo y eje corto</translation>
    </message>
    <message>
        <source>ellipse with statistics</source>
        <translation>elipse con estadísticas</translation>
    </message>
    <message>
        <source>brush: paint the outline in hand</source>
        <translation>pincel: pintar el contorno en curso</translation>
    </message>
    <message>
        <source>eraser</source>
        <translation>goma de borrar</translation>
    </message>
    <message>
        <source>smaller brush</source>
        <translation>pincel más pequeño</translation>
    </message>
    <message>
        <source>larger brush</source>
        <translation>pincel más grande</translation>
    </message>
    <message>
        <source>grow a lesion from a click on a dark focus of the ADC map</source>
        <translation>hacer crecer una lesión con un clic en un foco oscuro del mapa de ADC</translation>
    </message>
    <message>
        <source>image quality and the PI-QUAL form; pressed again, confirm the form</source>
        <translation>calidad de imagen y formulario PI-QUAL; al pulsar de nuevo, confirmar el formulario</translation>
    </message>
    <message>
        <source>results in this study: reports, segmentations and drawings of any system</source>
        <translation>resultados de este estudio: informes, segmentaciones y dibujos de cualquier sistema</translation>
    </message>
    <message>
        <source>staging: vesicles, bundles, nodes, bone; pressed again, the rest is not seen</source>
        <translation>estadificación: vesículas, haces, ganglios, hueso; pulsada de nuevo, el resto no se ve</translation>
    </message>
    <message>
        <source>PRECISE: change against an earlier prostate MR</source>
        <translation>PRECISE: cambio frente a una RM de próstata anterior</translation>
    </message>
    <message>
        <source>negative study: PI-RADS 1, once no lesion is reported or left to review</source>
        <translation>estudio negativo: PI-RADS 1, cuando no haya lesiones informadas ni por revisar</translation>
    </message>
    <message>
        <source>enter the PSA</source>
        <translation>introducir el PSA</translation>
    </message>
    <message>
        <source>write the indication</source>
        <translation>escribir la indicación</translation>
    </message>
    <message>
        <source>write the impression</source>
        <translation>escribir la impresión</translation>
    </message>
    <message>
        <source>leave a field, or stop adding a lesion: the keys go to the images</source>
        <translation>salir de un campo o dejar de añadir una lesión: las teclas pasan a las imágenes</translation>
    </message>
    <message>
        <source>undo an edit of the report</source>
        <translation>deshacer un cambio del informe</translation>
    </message>
    <message>
        <source>redo it</source>
        <translation>rehacerlo</translation>
    </message>
    <message>
        <source>tumour board: one page and the biopsy targets into a folder</source>
        <translation>comité de tumores: una página y las dianas de biopsia en una carpeta</translation>
    </message>
    <message>
        <source>save the draft now</source>
        <translation>guardar el borrador ahora</translation>
    </message>
    <message>
        <source>sign and send</source>
        <translation>firmar y enviar</translation>
    </message>
    <message>
        <source>back to the worklist</source>
        <translation>volver a la lista de trabajo</translation>
    </message>
    <message>
        <source>previous slice; parallel series follow by patient position</source>
        <translation>corte anterior; las series paralelas siguen según la posición en el paciente</translation>
    </message>
    <message>
        <source>next slice</source>
        <translation>corte siguiente</translation>
    </message>
    <message>
        <source>five slices back</source>
        <translation>cinco cortes atrás</translation>
    </message>
    <message>
        <source>five slices on</source>
        <translation>cinco cortes adelante</translation>
    </message>
    <message>
        <source>first slice</source>
        <translation>primer corte</translation>
    </message>
    <message>
        <source>last slice</source>
        <translation>último corte</translation>
    </message>
    <message>
        <source>make the previous viewport active</source>
        <translation>activar el visor anterior</translation>
    </message>
    <message>
        <source>make the next viewport active</source>
        <translation>activar el visor siguiente</translation>
    </message>
    <message>
        <source>fill the grid with the active viewport, and back</source>
        <translation>llenar la cuadrícula con el visor activo, y volver</translation>
    </message>
    <message>
        <source>next layout</source>
        <translation>disposición siguiente</translation>
    </message>
    <message>
        <source>previous layout</source>
        <translation>disposición anterior</translation>
    </message>
    <message>
        <source>crosshair 1 mm to the left of the active viewport</source>
        <translation>cursor en cruz 1 mm a la izquierda en el visor activo</translation>
    </message>
    <message>
        <source>crosshair 1 mm to the right</source>
        <translation>cursor en cruz 1 mm a la derecha</translation>
    </message>
    <message>
        <source>crosshair 1 mm up</source>
        <translation>cursor en cruz 1 mm arriba</translation>
    </message>
    <message>
        <source>crosshair 1 mm down</source>
        <translation>cursor en cruz 1 mm abajo</translation>
    </message>
    <message>
        <source>frame the gland in every viewport</source>
        <translation>encuadrar la glándula en todos los visores</translation>
    </message>
    <message>
        <source>invert the active viewport</source>
        <translation>invertir el visor activo</translation>
    </message>
    <message>
        <source>reset the active viewport: place, zoom, window</source>
        <translation>restablecer el visor activo: posición, zoom, ventana</translation>
    </message>
    <message>
        <source>MPR: turn the lines in the active pane by 5° against the clock</source>
        <translation>MPR: girar las líneas del panel activo 5° en sentido antihorario</translation>
    </message>
    <message>
        <source>MPR: turn them by 5° with the clock</source>
        <translation>MPR: girarlas 5° en sentido horario</translation>
    </message>
    <message>
        <source>MPR: set the planes straight</source>
        <translation>MPR: enderezar los planos</translation>
    </message>
    <message>
        <source>3D: look from {side}</source>
        <translation>3D: ver desde {side}</translation>
    </message>
    <message>
        <source>the patient&apos;s left</source>
        <translation>la izquierda del paciente</translation>
    </message>
    <message>
        <source>the patient&apos;s right</source>
        <translation>la derecha del paciente</translation>
    </message>
    <message>
        <source>show or hide the outlines of prostate and lesions, the AI&apos;s too; measurements stay shown</source>
        <translation>mostrar u ocultar los contornos de próstata y lesiones, también los de la IA; las mediciones siguen visibles</translation>
    </message>
    <message>
        <source>look underneath: no outlines, no measurements and no crosshair while it is held</source>
        <translation>ver debajo: sin contornos, mediciones ni cruz mientras se mantiene pulsada</translation>
    </message>
    <message>
        <source>magnify what is under the pointer while it is held</source>
        <translation>ampliar lo que está bajo el puntero mientras se mantiene pulsada</translation>
    </message>
    <message>
        <source>first window for the active series: the automatic one</source>
        <translation>primera ventana de la serie activa: la automática</translation>
    </message>
    <message>
        <source>second window for the active series</source>
        <translation>segunda ventana de la serie activa</translation>
    </message>
    <message>
        <source>third window for the active series</source>
        <translation>tercera ventana de la serie activa</translation>
    </message>
    <message>
        <source>anchor a series of another frame: click the place that the T2&apos;s crosshair marks, or press again</source>
        <translation>anclar una serie de otro marco: clic en el punto que marca el cursor en cruz del T2, o pulsar de nuevo</translation>
    </message>
    <message>
        <source>register the active viewport&apos;s series of another frame onto the axial T2, or stop it</source>
        <translation>registrar sobre el T2 axial la serie de otro marco del visor activo, o detener el registro</translation>
    </message>
    <message>
        <source>unlink the active viewport&apos;s series of another frame</source>
        <translation>desvincular la serie de otro marco del visor activo</translation>
    </message>
    <message>
        <source>remove the selected measurement</source>
        <translation>quitar la medida seleccionada</translation>
    </message>
    <message>
        <source>make the active viewport&apos;s image a key image of the report, or take it off</source>
        <translation>hacer de la imagen de la vista activa una imagen clave del informe, o quitarla</translation>
    </message>
    <message>
        <source>outbox: signed reports that have not reached their archive</source>
        <translation>bandeja de salida: informes firmados que aún no han llegado a su archivo</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>esta lista</translation>
    </message>
    <message>
        <source>Enter in a field</source>
        <translation>Enter en un campo</translation>
    </message>
    <message>
        <source>query</source>
        <translation>buscar</translation>
    </message>
    <message>
        <source>↑ / ↓</source>
        <translation>↑ / ↓</translation>
    </message>
    <message>
        <source>previous / next study</source>
        <translation>estudio anterior / siguiente</translation>
    </message>
    <message>
        <source>Enter, double click</source>
        <translation>Enter, doble clic</translation>
    </message>
    <message>
        <source>open the study; it is retrieved first when it is not here</source>
        <translation>abrir el estudio; si no está aquí, primero se recupera</translation>
    </message>
    <message>
        <source>1 … 8, or ↑ ↓ Enter</source>
        <translation>1 … 8, o ↑ ↓ Enter</translation>
    </message>
    <message>
        <source>when asked why a lesion is rejected: the reason</source>
        <translation>cuando se pregunta por qué se rechaza una lesión: el motivo</translation>
    </message>
    <message>
        <source>Enter in Sign &amp; send</source>
        <translation>Enter en Firmar &amp; enviar</translation>
    </message>
    <message>
        <source>open the key; then confirm, sign and send; then close</source>
        <translation>abrir la clave; después confirmar, firmar y enviar; después cerrar</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rueda</translation>
    </message>
    <message>
        <source>previous / next slice</source>
        <translation>corte anterior / siguiente</translation>
    </message>
    <message>
        <source>Ctrl + wheel, right drag</source>
        <translation>Ctrl + rueda, arrastre derecho</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>zoom</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>Arrastre central</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>desplazar</translation>
    </message>
    <message>
        <source>Left drag</source>
        <translation>Arrastre izquierdo</translation>
    </message>
    <message>
        <source>the chosen tool: scroll, window/level (right = wider, down, or as set up, darker), zoom, pan or crosshair</source>
        <translation>la herramienta elegida: recorrer, ventana/nivel (derecha = más ancha; abajo, o según la configuración, más oscura), zoom, desplazar o cursor en cruz</translation>
    </message>
    <message>
        <source>Shift + move</source>
        <translation>Shift + mover</translation>
    </message>
    <message>
        <source>crosshair: all viewports to the point under the pointer</source>
        <translation>cursor en cruz: todos los visores al punto bajo el puntero</translation>
    </message>
    <message>
        <source>Click on a lesion</source>
        <translation>Clic en una lesión</translation>
    </message>
    <message>
        <source>select it</source>
        <translation>seleccionarla</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>Clic derecho</translation>
    </message>
    <message>
        <source>choose a window for the series by its name</source>
        <translation>elegir una ventana para la serie por su nombre</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doble clic</translation>
    </message>
    <message>
        <source>fill the grid with one viewport, and back</source>
        <translation>llenar la cuadrícula con un visor, y volver</translation>
    </message>
    <message>
        <source>Shift while outlining</source>
        <translation>Shift al contornear</translation>
    </message>
    <message>
        <source>brush and eraser change places; a polygon cuts out</source>
        <translation>pincel y goma se intercambian; un polígono recorta</translation>
    </message>
    <message>
        <source>Ctrl + wheel while outlining</source>
        <translation>Ctrl + rueda al contornear</translation>
    </message>
    <message>
        <source>smaller / larger brush</source>
        <translation>pincel más pequeño / más grande</translation>
    </message>
    <message>
        <source>Double click while outlining</source>
        <translation>Doble clic al contornear</translation>
    </message>
    <message>
        <source>close a polygon that was clicked corner by corner</source>
        <translation>cerrar un polígono trazado vértice a vértice</translation>
    </message>
    <message>
        <source>Drag a line of the MPR</source>
        <translation>Arrastrar una línea de la MPR</translation>
    </message>
    <message>
        <source>move its plane; its end turns both planes, the middle of the lines moves the crosshair</source>
        <translation>mover su plano; su extremo gira ambos planos, el centro de las líneas mueve el cursor en cruz</translation>
    </message>
    <message>
        <source>Double click on a line of the MPR</source>
        <translation>Doble clic en una línea de la MPR</translation>
    </message>
    <message>
        <source>set the planes straight</source>
        <translation>enderezar los planos</translation>
    </message>
    <message>
        <source>Left drag in 3D</source>
        <translation>Arrastre izquierdo en 3D</translation>
    </message>
    <message>
        <source>turn the body; wheel or right drag zooms, middle drag moves it</source>
        <translation>girar el cuerpo; rueda o arrastre derecho para el zoom, arrastre central para moverlo</translation>
    </message>
    <message>
        <source>Drag a series, Enter in the series strip</source>
        <translation>Arrastrar una serie, Enter en la tira de series</translation>
    </message>
    <message>
        <source>hang it in a viewport</source>
        <translation>mostrarla en un visor</translation>
    </message>
    <message>
        <source>Your keys</source>
        <translation>Sus teclas</translation>
    </message>
    <message>
        <source>The delivered keys hold</source>
        <translation>Rigen las teclas predeterminadas</translation>
    </message>
    <message>
        <source>the delivered ones hold</source>
        <translation>rigen las predeterminadas</translation>
    </message>
    <message>
        <source>{path} has keys that cannot be used ({list}); the delivered ones hold instead.</source>
        <translation>{path} tiene teclas que no se pueden usar ({list}); en su lugar rigen las predeterminadas.</translation>
    </message>
    <message>
        <source> or </source>
        <translation> o </translation>
    </message>
    <message>
        <source>{words} (held)</source>
        <translation>{words} (mantenida)</translation>
    </message>
    <message>
        <source>{key_words} cannot stand for “{words}”</source>
        <translation>{key_words} no se puede asignar a «{words}»</translation>
    </message>
    <message>
        <source>{told}: it goes from control to control. Choose another key.</source>
        <translation>{told}: pasa de un control a otro. Elija otra tecla.</translation>
    </message>
    <message>
        <source>{told}: text fields and buttons need it. Choose another key.</source>
        <translation>{told}: la necesitan los campos de texto y los botones. Elija otra tecla.</translation>
    </message>
    <message>
        <source>{told}: it stands for “{words}” ({value}). Choose another key, or give that one another first.</source>
        <translation>{told}: corresponde a «{words}» ({value}). Elija otra tecla, o asigne antes otra a ese comando.</translation>
    </message>
    <message>
        <source>“{name}” is no command</source>
        <translation>«{name}» no es un comando</translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation>Ctrl</translation>
    </message>
    <message>
        <source>Alt</source>
        <translation>Alt</translation>
    </message>
    <message>
        <source>Meta</source>
        <translation>Meta</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Mayús</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Intro</translation>
    </message>
    <message>
        <source>PgUp</source>
        <translation>RePág</translation>
    </message>
    <message>
        <source>PgDn</source>
        <translation>AvPág</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Inicio</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Fin</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Supr</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Espacio</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Retroceso</translation>
    </message>
    <message>
        <source>“{text}” is not a key</source>
        <translation>«{text}» no es una tecla</translation>
    </message>
    <message>
        <source>Layout: {title}</source>
        <translation>Disposición: {title}</translation>
    </message>
    <message>
        <source>The layout of the images</source>
        <translation>La disposición de las imágenes</translation>
    </message>
    <message>
        <source>{told}
Next and previous: {{next_layout}} and {{previous_layout}}</source>
        <translation>{told}
Siguiente y anterior: {{next_layout}} y {{previous_layout}}</translation>
    </message>
    <message>
        <source>Window on another monitor</source>
        <translation>Ventana en otro monitor</translation>
    </message>
    <message>
        <source>{text} (no {list})</source>
        <translation>{text} (sin {list})</translation>
    </message>
    <message>
        <source>, no </source>
        <translation>, sin </translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Cuadrícula</translation>
    </message>
    <message>
        <source>Grid of {rows} rows and {columns} columns</source>
        <translation>Cuadrícula de {rows} filas y {columns} columnas</translation>
    </message>
    <message>
        <source>● The number keys ({score_1} … {score_5}) give this score; {score_t2} and {score_dwi} switch</source>
        <translation>● Las teclas numéricas ({score_1} … {score_5}) dan esta puntuación; {score_t2} y {score_dwi} cambian</translation>
    </message>
    <message>
        <source>giving a score does so too</source>
        <translation>al puntuarla también se acepta</translation>
    </message>
    <message>
        <source>Comment on this lesion</source>
        <translation>Comentario sobre esta lesión</translation>
    </message>
    <message>
        <source>Comment for the report</source>
        <translation>Comentario para el informe</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Por qué</translation>
    </message>
    <message>
        <source>Why the AI marked {label}</source>
        <translation>Por qué la IA marcó {label}</translation>
    </message>
    <message>
        <source>What made the AI mark this place</source>
        <translation>Qué hizo que la IA marcara este lugar</translation>
    </message>
    <message>
        <source>Undo reject</source>
        <translation>Anular rechazo</translation>
    </message>
    <message>
        <source>Override…</source>
        <translation>Modificar…</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Reglas</translation>
    </message>
    <message>
        <source>Accept AI</source>
        <translation>Aceptar IA</translation>
    </message>
    <message>
        <source>Take this lesion into the report as outlined; {scoring_accepts} ({{accept}})</source>
        <translation>Incluir esta lesión en el informe tal como está contorneada; {scoring_accepts} ({{accept}})</translation>
    </message>
    <message>
        <source>Reject…</source>
        <translation>Rechazar…</translation>
    </message>
    <message>
        <source>Leave this lesion out of the report and say why ({reject})</source>
        <translation>Dejar esta lesión fuera del informe e indicar el motivo ({reject})</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Remove this lesion, which you added ({reject})</source>
        <translation>Quitar esta lesión, que añadió usted ({reject})</translation>
    </message>
    <message>
        <source>Name it</source>
        <translation>Nombrar</translation>
    </message>
    <message>
        <source>Do not name</source>
        <translation>No nombrar</translation>
    </message>
    <message>
        <source>Name this lesion in the report instead of the least suspicious of the four</source>
        <translation>Nombrar esta lesión en el informe en lugar de la menos sospechosa de las cuatro</translation>
    </message>
    <message>
        <source>Name other lesions before this one: a report names four of PI-RADS 3 or above</source>
        <translation>Nombrar otras lesiones antes que esta: un informe nombra cuatro de PI-RADS 3 o más</translation>
    </message>
    <message>
        <source>Hide {label} in the images</source>
        <translation>Ocultar {label} en las imágenes</translation>
    </message>
    <message>
        <source>Show {label} in the images</source>
        <translation>Mostrar {label} en las imágenes</translation>
    </message>
    <message>
        <source>not named</source>
        <translation>no nombrada</translation>
    </message>
    <message>
        <source>not reviewed</source>
        <translation>sin revisar</translation>
    </message>
    <message>
        <source>AI {suggested_category} · {score}</source>
        <translation>IA {suggested_category} · {score}</translation>
    </message>
    <message>
        <source>dominant ({scored_as})</source>
        <translation>dominante ({scored_as})</translation>
    </message>
    <message>
        <source>DWI ●</source>
        <translation>DWI ●</translation>
    </message>
    <message>
        <source>Follow the rule</source>
        <translation>Seguir la regla</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Aceptada</translation>
    </message>
    <message>
        <source>Rejected: {reason}</source>
        <translation>Rechazada: {reason}</translation>
    </message>
    <message>
        <source>Assessment</source>
        <translation>Valoración</translation>
    </message>
    <message>
        <source>PI-RADS {category}</source>
        <translation>PI-RADS {category}</translation>
    </message>
    <message>
        <source>Not to be given: the study has {lacking}.</source>
        <translation>No se puede asignar: el estudio tiene {lacking}.</translation>
    </message>
    <message>
        <source>▲ {many}; choose on the lesions.</source>
        <translation>▲ {many}; elija en las lesiones.</translation>
    </message>
    <message>
        <source>{lesions} is not reviewed yet: accept or reject each.</source>
        <translation>{lesions} sin revisar: acéptela o rechácela.</translation>
    </message>
    <message>
        <source>{lesions} are not reviewed yet: accept or reject each.</source>
        <translation>{lesions} sin revisar: acepte o rechace cada una.</translation>
    </message>
    <message>
        <source>{meaning} Index lesion {label}.</source>
        <translation>{meaning} Lesión índice {label}.</translation>
    </message>
    <message>
        <source>No lesion is reported. {meaning}</source>
        <translation>No se informa ninguna lesión. {meaning}</translation>
    </message>
    <message>
        <source>No lesion is reported{without_ai}: {choose_without_lesion}.</source>
        <translation>No se informa ninguna lesión{without_ai}: {choose_without_lesion}.</translation>
    </message>
    <message>
        <source>, and the AI did not look for any</source>
        <translation>, y la IA no buscó ninguna</translation>
    </message>
    <message>
        <source>, and the AI has not run</source>
        <translation>, y la IA no se ha ejecutado</translation>
    </message>
    <message>
        <source>By your decision: {reason}. Rule: {rule}</source>
        <translation>Por decisión suya: {reason}. Regla: {rule}</translation>
    </message>
    <message>
        <source>Rule: {rule}</source>
        <translation>Regla: {rule}</translation>
    </message>
    <message>
        <source>The gland is not segmented yet, so click the sector, or go to it with the arrow keys and choose it with Enter.</source>
        <translation>La glándula aún no está segmentada: haga clic en el sector, o vaya a él con las flechas y elíjalo con Enter.</translation>
    </message>
    <message>
        <source>Reject {label}</source>
        <translation>Rechazar {label}</translation>
    </message>
    <message>
        <source>Common reasons</source>
        <translation>Motivos frecuentes</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Motivo</translation>
    </message>
    <message>
        <source>Choose a reason, or write your own</source>
        <translation>Elija un motivo o escriba el suyo</translation>
    </message>
    <message>
        <source>Why is {label} ({label_2}) not a lesion?</source>
        <translation>¿Por qué {label} ({label_2}) no es una lesión?</translation>
    </message>
    <message>
        <source>The AI&apos;s finding and your reason are kept with the report.</source>
        <translation>El hallazgo de la IA y su motivo se conservan con el informe.</translation>
    </message>
    <message>
        <source>Override the category of {label}</source>
        <translation>Modificar la categoría de {label}</translation>
    </message>
    <message>
        <source>Reason, as it will stand in the report</source>
        <translation>Motivo, tal como constará en el informe</translation>
    </message>
    <message>
        <source>Override</source>
        <translation>Cambiar</translation>
    </message>
    <message>
        <source>Give {label} another category</source>
        <translation>Dar otra categoría a {label}</translation>
    </message>
    <message>
        <source>The rule gives: {rule}</source>
        <translation>La regla da: {rule}</translation>
    </message>
    <message>
        <source>PI-RADS</source>
        <translation>PI-RADS</translation>
    </message>
    <message>
        <source>Sector of the new lesion</source>
        <translation>Sector de la nueva lesión</translation>
    </message>
    <message>
        <source>In which sector is the lesion?</source>
        <translation>¿En qué sector está la lesión?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>{label} · not scored{score}</source>
        <translation>{label} · sin puntuar{score}</translation>
    </message>
    <message>
        <source>Then click the middle of the lesion in any image; pressed again, {add_lesion} takes the crosshair ({add_lesion})</source>
        <translation>Después, clic en el centro de la lesión en cualquier imagen; al pulsar de nuevo, {add_lesion} toma el cursor en cruz ({add_lesion})</translation>
    </message>
    <message>
        <source>Add lesion</source>
        <translation>Añadir lesión</translation>
    </message>
    <message>
        <source>Sector map</source>
        <translation>Mapa de sectores</translation>
    </message>
    <message>
        <source>Click or press {key} to place {label}</source>
        <translation>Clic o {key} para situar {label}</translation>
    </message>
    <message>
        <source>Click to place {label}</source>
        <translation>Clic para situar {label}</translation>
    </message>
    <message>
        <source>Lesions are outlined on axial T2, which this study has not. Report what you see in the findings.</source>
        <translation>Las lesiones se contornean en el T2 axial, que este estudio no tiene. Describa lo que ve en los hallazgos.</translation>
    </message>
    <message>
        <source>The AI did not look for lesions: the images were not good enough for it. Add what you see.</source>
        <translation>La IA no buscó lesiones: las imágenes no tenían calidad suficiente. Añada lo que vea.</translation>
    </message>
    <message>
        <source>The AI found no suspicious lesion. Add one yourself if you see it.</source>
        <translation>La IA no encontró ninguna lesión sospechosa. Añada una si la ve.</translation>
    </message>
    <message>
        <source>No lesion yet. Run AI, or add a lesion yourself and click its middle in any image.</source>
        <translation>Aún no hay lesiones. Ejecute la IA, o añada una lesión y haga clic en su centro en cualquier imagen.</translation>
    </message>
    <message>
        <source>AI suggests {suggested}</source>
        <translation>IA sugiere {suggested}</translation>
    </message>
    <message>
        <source>Found by AI</source>
        <translation>Hallada por la IA</translation>
    </message>
    <message>
        <source>Not scored</source>
        <translation>Sin puntuar</translation>
    </message>
    <message>
        <source>no ADC</source>
        <translation>sin ADC</translation>
    </message>
    <message>
        <source>AI {suggested_category}</source>
        <translation>IA {suggested_category}</translation>
    </message>
    <message>
        <source>AI {score}</source>
        <translation>IA {score}</translation>
    </message>
    <message>
        <source>{name} {version} (another system’s AI): it states no score.</source>
        <translation>{name} {version} (IA de otro sistema): no indica ninguna puntuación.</translation>
    </message>
    <message>
        <source>{name} {version} (research use only): probability {score}, calibrated on {patients}.</source>
        <translation>{name} {version} (solo investigación): probabilidad {score}, calibrada con {patients}.</translation>
    </message>
    <message>
        <source>{name} {version} (research use only): suspicion {score} from 0 to 1, not calibrated.</source>
        <translation>{name} {version} (solo investigación): sospecha {score} de 0 a 1, no calibrada.</translation>
    </message>
    <message>
        <source>It suggests PI-RADS {category}.</source>
        <translation>Sugiere PI-RADS {category}.</translation>
    </message>
    <message>
        <source>It suggests no PI-RADS category.</source>
        <translation>No sugiere categoría PI-RADS.</translation>
    </message>
    <message>
        <source>PI-RADS {category} by your decision: {reason} (rule: {rule})</source>
        <translation>PI-RADS {category} por decisión suya: {reason} (regla: {rule})</translation>
    </message>
    <message>
        <source>Lay ADC, high-b or the AI&apos;s map over T2</source>
        <translation>Superponer ADC, b alto o el mapa de la IA al T2</translation>
    </message>
    <message>
        <source>Calculate an image of any b-value</source>
        <translation>Calcular una imagen de cualquier valor b</translation>
    </message>
    <message>
        <source>Move diffusion or DCE onto T2 by hand</source>
        <translation>Mover manualmente la difusión o la DCE sobre el T2</translation>
    </message>
    <message>
        <source>What changed since the prior</source>
        <translation>Qué cambió desde el estudio previo</translation>
    </message>
    <message>
        <source>Key images of the report</source>
        <translation>Imágenes clave del informe</translation>
    </message>
    <message>
        <source>Results in this study: reports, segmentations and drawings of any system</source>
        <translation>Resultados de este estudio: informes, segmentaciones y dibujos de cualquier sistema</translation>
    </message>
    <message>
        <source>Calculated b</source>
        <translation>b calculado</translation>
    </message>
    <message>
        <source>Fusion</source>
        <translation>Fusión</translation>
    </message>
    <message>
        <source>Calculated b-value</source>
        <translation>Valor b calculado</translation>
    </message>
    <message>
        <source>Alignment by hand</source>
        <translation>Alineación manual</translation>
    </message>
    <message>
        <source>Compared with the prior</source>
        <translation>Comparado con el previo</translation>
    </message>
    <message>
        <source>Key images</source>
        <translation>Imágenes clave</translation>
    </message>
    <message>
        <source>Results in this study</source>
        <translation>Resultados de este estudio</translation>
    </message>
    <message>
        <source>This study has a signed report, shown here.</source>
        <translation>Este estudio tiene un informe firmado, que se muestra aquí.</translation>
    </message>
    <message>
        <source>A report of this study was signed beside your draft: signing yours amends that one.</source>
        <translation>Se firmó un informe de este estudio junto a su borrador: al firmar el suyo, modifica aquel.</translation>
    </message>
    <message>
        <source> It was signed with images aligned or linked by hand, as its findings say; here they lie as the scanner placed them, so align them again before you measure or outline anew.</source>
        <translation> Se firmó con imágenes alineadas o vinculadas manualmente, como consta en sus hallazgos; aquí están como las situó el escáner, así que alinéelas de nuevo antes de volver a medir o contornear.</translation>
    </message>
    <message>
        <source>Leave without saving</source>
        <translation>Salir sin guardar</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>Cerrar sin guardar</translation>
    </message>
    <message>
        <source>Your draft of {when} was restored.</source>
        <translation>Se restauró su borrador de {when}.</translation>
    </message>
    <message>
        <source>PEER</source>
        <translation>EQUIPO</translation>
    </message>
    <message>
        <source>STEP</source>
        <translation>PASO</translation>
    </message>
    <message>
        <source>RESULT</source>
        <translation>RESULTADO</translation>
    </message>
    <message>
        <source>WHAT WAS FOUND, OR WHAT TO CHANGE</source>
        <translation>QUÉ SE ENCONTRÓ O QUÉ CAMBIAR</translation>
    </message>
    <message>
        <source>Listener</source>
        <translation>Receptor</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Conexión</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Association and echo</source>
        <translation>Asociación y eco</translation>
    </message>
    <message>
        <source>Kinds of objects</source>
        <translation>Tipos de objetos</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Almacenar</translation>
    </message>
    <message>
        <source>Storage commitment</source>
        <translation>Storage Commitment</translation>
    </message>
    <message>
        <source>Retrieve by C-GET</source>
        <translation>Recuperación por C-GET</translation>
    </message>
    <message>
        <source>Send to us by C-MOVE</source>
        <translation>Envío a nosotros por C-MOVE</translation>
    </message>
    <message>
        <source>Retrieve</source>
        <translation>Recuperar</translation>
    </message>
    <message>
        <source>FHIR server</source>
        <translation>Servidor FHIR</translation>
    </message>
    <message>
        <source>✓ Works</source>
        <translation>✓ Funciona</translation>
    </message>
    <message>
        <source>✕ Fails</source>
        <translation>✕ Falla</translation>
    </message>
    <message>
        <source>– Not tried</source>
        <translation>– No probado</translation>
    </message>
    <message>
        <source>… Trying</source>
        <translation>… Probando</translation>
    </message>
    <message>
        <source>○ PACS</source>
        <translation>○ PACS</translation>
    </message>
    <message>
        <source>PACS: {archive}</source>
        <translation>PACS: {archive}</translation>
    </message>
    <message>
        <source>● {name} does not answer</source>
        <translation>● {name} no responde</translation>
    </message>
    <message>
        <source>{archive} answers.</source>
        <translation>{archive} responde.</translation>
    </message>
    <message>
        <source>AI: {names} · {sum:.1f} s</source>
        <translation>IA: {names} · {sum:.1f} s</translation>
    </message>
    <message>
        <source>Structured report</source>
        <translation>Informe estructurado</translation>
    </message>
    <message>
        <source>Segmentation</source>
        <translation>Segmentación</translation>
    </message>
    <message>
        <source>Presentation state</source>
        <translation>Estado de presentación</translation>
    </message>
    <message>
        <source>PDF document</source>
        <translation>Documento PDF</translation>
    </message>
    <message>
        <source>There is no report, segmentation, presentation state or PDF in this study.</source>
        <translation>En este estudio no hay informe, segmentación, estado de presentación ni PDF.</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ocultar</translation>
    </message>
    <message>
        <source>Draw it on the images, or no longer</source>
        <translation>Dibujarlo sobre las imágenes o dejar de hacerlo</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Read it in a window of its own</source>
        <translation>Leerlo en una ventana propia</translation>
    </message>
    <message>
        <source>Take as candidates</source>
        <translation>Como candidatas</translation>
    </message>
    <message>
        <source>Add its lesions to the report, not reviewed yet and measured anew; undo takes them back</source>
        <translation>Añadir sus lesiones al informe, aún sin revisar y medidas de nuevo; deshacer las retira</translation>
    </message>
    <message>
        <source>
… and {count} more</source>
        <translation>
… y {count} más</translation>
    </message>
    <message>
        <source>Not read:
{first}{more}</source>
        <translation>No leído:
{first}{more}</translation>
    </message>
    <message>
        <source>maker not stated</source>
        <translation>fabricante no indicado</translation>
    </message>
    <message>
        <source>AI: {names}</source>
        <translation>IA: {names}</translation>
    </message>
    <message>
        <source>By {names}</source>
        <translation>Por {names}</translation>
    </message>
    <message>
        <source>AI has not run</source>
        <translation>IA no ejecutada</translation>
    </message>
    <message>
        <source>Draft autosaved {astimezone:%H:%M:%S}</source>
        <translation>Borrador autoguardado {astimezone:%H:%M:%S}</translation>
    </message>
    <message>
        <source>{archive} has {len} new series of this study: {names}.</source>
        <translation>{archive} tiene {len} series nuevas de este estudio: {names}.</translation>
    </message>
    <message>
        <source>{archive} has more images of {len} series of this study: {names}.</source>
        <translation>{archive} tiene más imágenes de {len} series de este estudio: {names}.</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Longitud</translation>
    </message>
    <message>
        <source>Long and short axis</source>
        <translation>Eje largo y eje corto</translation>
    </message>
    <message>
        <source>Ellipse with statistics</source>
        <translation>Elipse con estadísticas</translation>
    </message>
    <message>
        <source>Polygon with statistics: drag, or click and double-click</source>
        <translation>Polígono con estadísticas: arrastre, o clic y doble clic</translation>
    </message>
    <message>
        <source>Angle: drag one arm, click the other</source>
        <translation>Ángulo: arrastre un lado, clic para el otro</translation>
    </message>
    <message>
        <source>Arrow with text</source>
        <translation>Flecha con texto</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Texto</translation>
    </message>
    <message>
        <source>Brush: paint the outline in hand</source>
        <translation>Pincel: pintar el contorno en curso</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Borrador</translation>
    </message>
    <message>
        <source>Draw round an area to add it; with Shift to cut it out</source>
        <translation>Rodee un área para añadirla; con Shift, para recortarla</translation>
    </message>
    <message>
        <source>Grow a lesion from a click on a dark focus of the ADC map</source>
        <translation>Hacer crecer una lesión con un clic en un foco oscuro del mapa de ADC</translation>
    </message>
    <message>
        <source>Preparing to measure</source>
        <translation>Preparando la medición</translation>
    </message>
    <message>
        <source>No study is open</source>
        <translation>No hay ningún estudio abierto</translation>
    </message>
    <message>
        <source>Prosector: monitor {value}</source>
        <translation>Prosector: monitor {value}</translation>
    </message>
    <message>
        <source>Name unknown</source>
        <translation>Nombre desconocido</translation>
    </message>
    <message>
        <source>Show the mean of the slab</source>
        <translation>Mostrar la media del bloque</translation>
    </message>
    <message>
        <source>Show the highest value of the slab (maximum intensity projection)</source>
        <translation>Mostrar el valor máximo del bloque (proyección de máxima intensidad)</translation>
    </message>
    <message>
        <source>Show the lowest value of the slab (minimum intensity projection)</source>
        <translation>Mostrar el valor mínimo del bloque (proyección de mínima intensidad)</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>Serie</translation>
    </message>
    <message>
        <source>Planes along the axes of the series</source>
        <translation>Planos según los ejes de la serie</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Paciente</translation>
    </message>
    <message>
        <source>Planes along the axes of the patient</source>
        <translation>Planos según los ejes del paciente</translation>
    </message>
    <message>
        <source>Straighten</source>
        <translation>Enderezar</translation>
    </message>
    <message>
        <source>Set the planes straight again ({straighten}, or double click on a line)</source>
        <translation>Volver a enderezar los planos ({straighten}, o doble clic en una línea)</translation>
    </message>
    <message>
        <source>Planes of</source>
        <translation>Planos de</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>Grosor</translation>
    </message>
    <message>
        <source>Thickness of the slab in millimetres; 0 is a thin plane</source>
        <translation>Grosor del bloque en milímetros; 0 es un plano fino</translation>
    </message>
    <message>
        <source>thin</source>
        <translation>fino</translation>
    </message>
    <message>
        <source>This plane lies outside of the series.</source>
        <translation>Este plano queda fuera de la serie.</translation>
    </message>
    <message>
        <source>Zoom {magnified:.1f}×</source>
        <translation>Zoom {magnified:.1f}×</translation>
    </message>
    <message>
        <source>This pane shows no series, so none of its pixels has a place in the patient.</source>
        <translation>Este panel no muestra ninguna serie, así que ninguno de sus píxeles tiene lugar en el paciente.</translation>
    </message>
    <message>
        <source>This pane shows no series.</source>
        <translation>Este panel no muestra ninguna serie.</translation>
    </message>
    <message>
        <source>No series is shown in planes</source>
        <translation>Ninguna serie se muestra en planos</translation>
    </message>
    <message>
        <source>MPR: axial, sagittal and coronal planes</source>
        <translation>MPR: planos axial, sagital y coronal</translation>
    </message>
    <message>
        <source>{title} is not linked with the study, so that nothing can be placed in it.</source>
        <translation>{title} no está vinculada con el estudio, así que no se puede situar nada en ella.</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Diffusion</source>
        <translation>Difusión</translation>
    </message>
    <message>
        <source>Move ADC and all diffusion images</source>
        <translation>Mover el ADC y todas las imágenes de difusión</translation>
    </message>
    <message>
        <source>Move the dynamic images</source>
        <translation>Mover las imágenes dinámicas</translation>
    </message>
    <message>
        <source>Shift to the patient&apos;s left, in millimetres</source>
        <translation>Desplazamiento a la izquierda del paciente, en milímetros</translation>
    </message>
    <message>
        <source>Shift to posterior, in millimetres</source>
        <translation>Desplazamiento a posterior, en milímetros</translation>
    </message>
    <message>
        <source>Shift to superior, in millimetres</source>
        <translation>Desplazamiento a superior, en milímetros</translation>
    </message>
    <message>
        <source>Turn about the left–right axis, in degrees</source>
        <translation>Giro sobre el eje izquierda–derecha, en grados</translation>
    </message>
    <message>
        <source>Turn about the anterior–posterior axis, in degrees</source>
        <translation>Giro sobre el eje anterior–posterior, en grados</translation>
    </message>
    <message>
        <source>Turn about the head–foot axis, in degrees</source>
        <translation>Giro sobre el eje cabeza–pies, en grados</translation>
    </message>
    <message>
        <source>Move images with the arrow keys</source>
        <translation>Mover las imágenes con las flechas</translation>
    </message>
    <message>
        <source>Back to the scanner&apos;s positions</source>
        <translation>Volver a la posición del escáner</translation>
    </message>
    <message>
        <source>Use the AI&apos;s alignment</source>
        <translation>Usar la alineación de la IA</translation>
    </message>
    <message>
        <source>This study has no DCE</source>
        <translation>Este estudio no tiene DCE</translation>
    </message>
    <message>
        <source>Arrow keys: 0.5 mm, with Shift 0.1 mm; PgUp / PgDn: superior / inferior.</source>
        <translation>Flechas: 0.5 mm, con Shift 0.1 mm; PgUp / PgDn: superior / inferior.</translation>
    </message>
    <message>
        <source>A disc in the slice that is shown</source>
        <translation>Un disco en el corte que se muestra</translation>
    </message>
    <message>
        <source>A ball that reaches through the slices</source>
        <translation>Una esfera que abarca varios cortes</translation>
    </message>
    <message>
        <source>Whose outline is drawn</source>
        <translation>De quién se dibuja el contorno</translation>
    </message>
    <message>
        <source>Diameter of the brush in millimetres</source>
        <translation>Diámetro del pincel en milímetros</translation>
    </message>
    <message>
        <source>Diameter of the brush; {brush_smaller} and {brush_larger} or Ctrl + wheel change it</source>
        <translation>Diámetro del pincel; se cambia con {brush_smaller} y {brush_larger} o Ctrl + rueda</translation>
    </message>
    <message>
        <source>Lesion {label}</source>
        <translation>Lesión {label}</translation>
    </message>
    <message>
        <source>New lesion</source>
        <translation>Nueva lesión</translation>
    </message>
    <message>
        <source>Prostate</source>
        <translation>Próstata</translation>
    </message>
    <message>
        <source>Fill slices</source>
        <translation>Rellenar cortes</translation>
    </message>
    <message>
        <source>Fill the slices between drawn ones</source>
        <translation>Rellenar los cortes entre los dibujados</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Suavizar</translation>
    </message>
    <message>
        <source>Round the outline off by a millimetre</source>
        <translation>Suavizar el contorno un milímetro</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Listo</translation>
    </message>
    <message>
        <source>Put the tool down (Esc)</source>
        <translation>Dejar la herramienta (Esc)</translation>
    </message>
    <message>
        <source>Outline of</source>
        <translation>Contorno de</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pincel</translation>
    </message>
    <message>
        <source>Shift erases</source>
        <translation>Shift borra</translation>
    </message>
    <message>
        <source>Outlines are drawn on the axial T2, which this study has not.</source>
        <translation>Los contornos se dibujan en el T2 axial, que este estudio no tiene.</translation>
    </message>
    <message>
        <source>{title} is an earlier examination; draw on the present one.</source>
        <translation>{title} es un examen anterior; dibuje en el actual.</translation>
    </message>
    <message>
        <source>{title} was not acquired in the frame of reference of the axial T2, on which outlines are kept; draw on a series that was.</source>
        <translation>{title} no se adquirió en el marco de referencia del T2 axial, en el que se guardan los contornos; dibuje en una serie que sí lo esté.</translation>
    </message>
    <message>
        <source>The picture is a slab of {thickness_mm:.0f} mm, in which a pixel has no depth; set the slab to thin before you outline.</source>
        <translation>La imagen es un bloque de {thickness_mm:.0f} mm, en el que un píxel no tiene profundidad; ponga el bloque en fino antes de contornear.</translation>
    </message>
    <message>
        <source>This plane is turned by {tilt:.1f}° against the voxels of {title}, so that it holds no slice to outline; set the planes straight along the series, or use the 3D brush.</source>
        <translation>Este plano está girado {tilt:.1f}° respecto a los vóxeles de {title}, por lo que no contiene ningún corte que contornear; enderece los planos según la serie o use el pincel 3D.</translation>
    </message>
    <message>
        <source>{label} was rejected; take the rejection back before you change its outline.</source>
        <translation>{label} se rechazó; anule el rechazo antes de cambiar su contorno.</translation>
    </message>
    <message>
        <source>The prostate is not outlined yet; run the AI first.</source>
        <translation>La próstata aún no está contorneada; ejecute antes la IA.</translation>
    </message>
    <message>
        <source>The outline was changed meanwhile, so this stroke was not kept; draw it again.</source>
        <translation>El contorno cambió entretanto, así que este trazo no se conservó; dibújelo de nuevo.</translation>
    </message>
    <message>
        <source>There is no outline in hand; select a lesion or draw one first.</source>
        <translation>No hay ningún contorno en curso; seleccione una lesión o dibuje antes una.</translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation>Vista previa del informe</translation>
    </message>
    <message>
        <source>Drawing the report…</source>
        <translation>Componiendo el informe…</translation>
    </message>
    <message>
        <source>Page {number} of {len}</source>
        <translation>Página {number} de {len}</translation>
    </message>
    <message>
        <source>peripheral zone</source>
        <translation>zona periférica</translation>
    </message>
    <message>
        <source>transition zone</source>
        <translation>zona de transición</translation>
    </message>
    <message>
        <source>Diameter of the new lesion in millimetres</source>
        <translation>Diámetro de la nueva lesión en milímetros</translation>
    </message>
    <message>
        <source>Diameter</source>
        <translation>Diámetro</translation>
    </message>
    <message>
        <source>Click the middle of the lesion in any image.</source>
        <translation>Haga clic en el centro de la lesión en cualquier imagen.</translation>
    </message>
    <message>
        <source>Outlines on the prior&apos;s images are those of the present study, for the place.</source>
        <translation>Los contornos sobre las imágenes del previo son los del estudio actual, para indicar el lugar.</translation>
    </message>
    <message>
        <source>Fetching</source>
        <translation>Trayendo</translation>
    </message>
    <message>
        <source>The prior could not be opened: {sentence}</source>
        <translation>No se pudo abrir el estudio previo: {sentence}</translation>
    </message>
    <message>
        <source>Offered because {why}.</source>
        <translation>Se ofrece porque {why}.</translation>
    </message>
    <message>
        <source>{count} priors</source>
        <translation>{count} previos</translation>
    </message>
    <message>
        <source>1 prior</source>
        <translation>1 previo</translation>
    </message>
    <message>
        <source>Earlier MR studies of this patient; choose one to hang it beside this study</source>
        <translation>Estudios de RM anteriores de este paciente; elija uno para mostrarlo junto a este estudio</translation>
    </message>
    <message>
        <source>Not fetched yet: {problem}</source>
        <translation>Aún no recuperado: {problem}</translation>
    </message>
    <message>
        <source>{prior} · on this machine</source>
        <translation>{prior} · en este equipo</translation>
    </message>
    <message>
        <source>Priors unknown</source>
        <translation>Previos desconocidos</translation>
    </message>
    <message>
        <source>Priors could not be looked for: {sentence}</source>
        <translation>No se pudieron buscar estudios previos: {sentence}</translation>
    </message>
    <message>
        <source>Prior {fraction:.0%}</source>
        <translation>Previo {fraction:.0%}</translation>
    </message>
    <message>
        <source>No prior hangs beside this study.</source>
        <translation>No se muestra ningún estudio previo junto a este.</translation>
    </message>
    <message>
        <source>It has no report that was signed here, so lesions are not compared.</source>
        <translation>No tiene ningún informe firmado aquí, así que las lesiones no se comparan.</translation>
    </message>
    <message>
        <source>Neither examination has a reported lesion.</source>
        <translation>Ninguno de los dos exámenes tiene lesiones informadas.</translation>
    </message>
    <message>
        <source>Read: {title}</source>
        <translation>Leer: {title}</translation>
    </message>
    <message>
        <source>Prior {label}, {label_2}: no longer reported</source>
        <translation>Previa {label}, {label_2}: ya no se informa</translation>
    </message>
    <message>
        <source>{label}: new, {long_axis_mm:.0f} mm, PI-RADS {category}</source>
        <translation>{label}: nueva, {long_axis_mm:.0f} mm, PI-RADS {category}</translation>
    </message>
    <message>
        <source>ADC {adc_mean:.0f} ({signed}{nbsp}%)</source>
        <translation>ADC {adc_mean:.0f} ({signed}{nbsp}%)</translation>
    </message>
    <message>
        <source>PI-RADS {category} (was {category_2})</source>
        <translation>PI-RADS {category} (antes {category_2})</translation>
    </message>
    <message>
        <source>{label} (before: {label_2}): {list}</source>
        <translation>{label} (antes: {label_2}): {list}</translation>
    </message>
    <message>
        <source>was {long_axis_mm:.0f}{nbsp}mm on {on}</source>
        <translation>antes {long_axis_mm:.0f}{nbsp}mm en {on}</translation>
    </message>
    <message>
        <source>Report of the prior</source>
        <translation>Informe del previo</translation>
    </message>
    <message>
        <source>The prior of {day} hangs beside this study. {problem}</source>
        <translation>El estudio previo del {day} se muestra junto a este. {problem}</translation>
    </message>
    <message>
        <source>aligned with this one on the prostate</source>
        <translation>alineado con este sobre la próstata</translation>
    </message>
    <message>
        <source>linked by the scanner&apos;s positions</source>
        <translation>vinculado por las posiciones del escáner</translation>
    </message>
    <message>
        <source>The prior of {day} hangs beside this study, {how}; check the alignment before you compare.</source>
        <translation>El estudio previo del {day} se muestra junto a este, {how}; compruebe la alineación antes de comparar.</translation>
    </message>
    <message>
        <source>unknown date</source>
        <translation>fecha desconocida</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>Ellipsoid</source>
        <translation>Elipsoide</translation>
    </message>
    <message>
        <source>PSA density</source>
        <translation>Densidad de PSA</translation>
    </message>
    <message>
        <source>Assessed as</source>
        <translation>Valorado como</translation>
    </message>
    <message>
        <source>Segmented by {name} {version}</source>
        <translation>Segmentado por {name} {version}</translation>
    </message>
    <message>
        <source>Run AI to measure</source>
        <translation>Ejecute la IA para medir</translation>
    </message>
    <message>
        <source>ng/mL², PSA over gland volume</source>
        <translation>ng/mL², PSA entre volumen de la glándula</translation>
    </message>
    <message>
        <source>π/6 × {length} × {width} × {depth} mm: length and depth mid-sagittal, width axial, of the outline</source>
        <translation>π/6 × {length} × {width} × {depth} mm: longitud y profundidad en sagital medio, anchura en axial, del contorno</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>Sin medir</translation>
    </message>
    <message>
        <source>Needs the gland: Run AI</source>
        <translation>Falta la glándula: Ejecutar IA</translation>
    </message>
    <message>
        <source>Needs the PSA: type it into the bar above</source>
        <translation>Falta el PSA: escríbalo en la barra superior</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Image quality in detail</source>
        <translation>Calidad de imagen en detalle</translation>
    </message>
    <message>
        <source>Image quality and the PI-QUAL form; pressed again, the key confirms the form ({image_quality})</source>
        <translation>Calidad de imagen y formulario PI-QUAL; al pulsarla de nuevo, la tecla confirma el formulario ({image_quality})</translation>
    </message>
    <message>
        <source>Image quality</source>
        <translation>Calidad de imagen</translation>
    </message>
    <message>
        <source>Signed reports of this study</source>
        <translation>Informes firmados de este estudio</translation>
    </message>
    <message>
        <source>Reading the signed reports…</source>
        <translation>Leyendo los informes firmados…</translation>
    </message>
    <message>
        <source>Tumour board</source>
        <translation>Comité de tumores</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>De-identified: no name, number, date or UID of the patient</source>
        <translation>Desidentificado: sin nombre, número, fecha ni UID del paciente</translation>
    </message>
    <message>
        <source>De-identified targets fit the patient&apos;s own images no more: for targeting, name the patient.</source>
        <translation>Las dianas desidentificadas ya no encajan en las imágenes del paciente: para la biopsia, exporte con el nombre.</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Escribir</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Page and biopsy targets</source>
        <translation>Página y dianas de biopsia</translation>
    </message>
    <message>
        <source>One page (PDF), the lesions as SEG, RTSTRUCT and STL, and their places as CSV, in a new folder below:</source>
        <translation>Una página (PDF), las lesiones como SEG, RTSTRUCT y STL, y sus posiciones como CSV, en una carpeta nueva dentro de:</translation>
    </message>
    <message>
        <source>A folder for the tumour board</source>
        <translation>Una carpeta para el comité de tumores</translation>
    </message>
    <message>
        <source>Choose a folder first.</source>
        <translation>Elija primero una carpeta.</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Escribiendo…</translation>
    </message>
    <message>
        <source>The report that it follows is not on this machine or cannot be read.</source>
        <translation>El informe al que sigue no está en este equipo o no se puede leer.</translation>
    </message>
    <message>
        <source>Not judged yet: headers and pixels are checked when the AI runs.</source>
        <translation>Aún sin valorar: las cabeceras y los píxeles se comprueban cuando se ejecuta la IA.</translation>
    </message>
    <message>
        <source>Report PI-QUAL as it stands here ({image_quality})</source>
        <translation>Informar PI-QUAL tal como está aquí ({image_quality})</translation>
    </message>
    <message>
        <source>PI-QUAL version 2</source>
        <translation>PI-QUAL versión 2</translation>
    </message>
    <message>
        <source>Confirm, the {n} open ones as met</source>
        <translation>Confirmar, {n} abiertos como cumplidos</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmar</translation>
    </message>
    <message>
        <source>PI-QUAL 1: PI-RADS categories should not be assigned.</source>
        <translation>PI-QUAL 1: no deben asignarse categorías PI-RADS.</translation>
    </message>
    <message>
        <source>{n} open</source>
        <translation>{n} abiertos</translation>
    </message>
    <message>
        <source>A condition: without it the sequence scores 0.</source>
        <translation>Una condición: sin ella la secuencia puntúa 0.</translation>
    </message>
    <message>
        <source>Met</source>
        <translation>Cumple</translation>
    </message>
    <message>
        <source>Not met</source>
        <translation>No cumple</translation>
    </message>
    <message>
        <source>PI-QUAL {n}, {meaning}</source>
        <translation>PI-QUAL {n}, {meaning}</translation>
    </message>
    <message>
        <source>PI-QUAL not confirmed</source>
        <translation>PI-QUAL sin confirmar</translation>
    </message>
    <message>
        <source>Every check passed.</source>
        <translation>Se superaron todas las comprobaciones.</translation>
    </message>
    <message>
        <source>The picture was lost.</source>
        <translation>La imagen se perdió.</translation>
    </message>
    <message>
        <source>Waits for your choice: it is not certain which series this is</source>
        <translation>Espera su elección: no es seguro qué serie es esta</translation>
    </message>
    <message>
        <source> You chose it last for such a study.</source>
        <translation> Es la última que eligió para un estudio así.</translation>
    </message>
    <message>
        <source>The hanging protocol {protocol_id} is not offered for this study.</source>
        <translation>El protocolo de presentación {protocol_id} no se ofrece para este estudio.</translation>
    </message>
    <message>
        <source>A grid has 1 to {largest_grid} rows and columns, not {rows} × {columns}.</source>
        <translation>Una cuadrícula tiene de 1 a {largest_grid} filas y columnas, no {rows} × {columns}.</translation>
    </message>
    <message>
        <source>{title} hangs where you put it: {reason}.</source>
        <translation>{title} se muestra donde la colocó: {reason}.</translation>
    </message>
    <message>
        <source>No viewport shows {value}; choose a layout that has it, or drag the series into one.</source>
        <translation>Ningún visor muestra {value}; elija una disposición que lo tenga o arrastre la serie a un visor.</translation>
    </message>
    <message>
        <source>Loading {title} …</source>
        <translation>Cargando {title} …</translation>
    </message>
    <message>
        <source>No series hangs in the active viewport, so there is nothing to link.</source>
        <translation>El visor activo no muestra ninguna serie, así que no hay nada que vincular.</translation>
    </message>
    <message>
        <source>{title} needs no link: choose a viewport whose series says “Other frame”.</source>
        <translation>{title} no necesita vínculo: elija un visor cuya serie indique «Otro marco».</translation>
    </message>
    <message>
        <source>Back to the worklist</source>
        <translation>Volver a la lista de trabajo</translation>
    </message>
    <message>
        <source>Back to the worklist ({leave}); the draft is kept</source>
        <translation>Volver a la lista de trabajo ({leave}); el borrador se conserva</translation>
    </message>
    <message>
        <source>Clinical indication</source>
        <translation>Indicación clínica</translation>
    </message>
    <message>
        <source>Why the examination was asked for</source>
        <translation>Por qué se solicitó el examen</translation>
    </message>
    <message>
        <source>Language: {language}</source>
        <translation>Idioma: {language}</translation>
    </message>
    <message>
        <source>Language of the report</source>
        <translation>Idioma del informe</translation>
    </message>
    <message>
        <source>Macros: .name and Tab or Space</source>
        <translation>Textos: .nombre y Tab o espacio</translation>
    </message>
    <message>
        <source>Macros</source>
        <translation>Textos</translation>
    </message>
    <message>
        <source>reported</source>
        <translation>informada</translation>
    </message>
    <message>
        <source>index lesion</source>
        <translation>lesión índice</translation>
    </message>
    <message>
        <source>sector</source>
        <translation>sector</translation>
    </message>
    <message>
        <source>size</source>
        <translation>tamaño</translation>
    </message>
    <message>
        <source>volume</source>
        <translation>volumen</translation>
    </message>
    <message>
        <source>EPE</source>
        <translation>EEP</translation>
    </message>
    <message>
        <source>comment</source>
        <translation>comentario</translation>
    </message>
    <message>
        <source>indication</source>
        <translation>indicación</translation>
    </message>
    <message>
        <source>prostate volume</source>
        <translation>volumen prostático</translation>
    </message>
    <message>
        <source>sequences</source>
        <translation>secuencias</translation>
    </message>
    <message>
        <source>notes of the analysis</source>
        <translation>notas del análisis</translation>
    </message>
    <message>
        <source>right seminal vesicle</source>
        <translation>vesícula seminal derecha</translation>
    </message>
    <message>
        <source>left seminal vesicle</source>
        <translation>vesícula seminal izquierda</translation>
    </message>
    <message>
        <source>right neurovascular bundle</source>
        <translation>haz neurovascular derecho</translation>
    </message>
    <message>
        <source>left neurovascular bundle</source>
        <translation>haz neurovascular izquierdo</translation>
    </message>
    <message>
        <source>lymph nodes</source>
        <translation>ganglios linfáticos</translation>
    </message>
    <message>
        <source>bone</source>
        <translation>hueso</translation>
    </message>
    <message>
        <source>Impression</source>
        <translation>Impresión</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Hallazgos</translation>
    </message>
    <message>
        <source>{label} is new</source>
        <translation>{label} es nueva</translation>
    </message>
    <message>
        <source>{label} is no longer reported</source>
        <translation>{label} ya no se informa</translation>
    </message>
    <message>
        <source>{part}: {words}: your text was written before</source>
        <translation>{part}: {words}: su texto es anterior</translation>
    </message>
    <message>
        <source>{part}: it is not known what changed since you wrote your text</source>
        <translation>{part}: no se sabe qué cambió desde que escribió su texto</translation>
    </message>
    <message>
        <source>Indication</source>
        <translation>Indicación</translation>
    </message>
    <message>
        <source>Report draft</source>
        <translation>Borrador del informe</translation>
    </message>
    <message>
        <source>Use automatic text</source>
        <translation>Usar texto automático</translation>
    </message>
    <message>
        <source>your own text</source>
        <translation>texto propio</translation>
    </message>
    <message>
        <source>writes itself</source>
        <translation>automático</translation>
    </message>
    <message>
        <source>My text stands</source>
        <translation>Mi texto vale</translation>
    </message>
    <message>
        <source>▲ It is not known what changed since you wrote this. Compare it with the automatic text.</source>
        <translation>▲ No se sabe qué cambió desde que escribió esto. Compárelo con el texto automático.</translation>
    </message>
    <message>
        <source>▲ Changed after you wrote this:</source>
        <translation>▲ Cambió después de que escribiera esto:</translation>
    </message>
    <message>
        <source>Take “{sentence}”</source>
        <translation>Tomar «{sentence}»</translation>
    </message>
    <message>
        <source>Remove “{sentence}”</source>
        <translation>Quitar «{sentence}»</translation>
    </message>
    <message>
        <source>Save draft</source>
        <translation>Guardar borrador</translation>
    </message>
    <message>
        <source>Save the draft now ({save}); it also saves itself</source>
        <translation>Guardar el borrador ahora ({save}); también se guarda solo</translation>
    </message>
    <message>
        <source>Sign &amp;&amp; send…</source>
        <translation>Firmar &amp;&amp; enviar…</translation>
    </message>
    <message>
        <source>Sign and send</source>
        <translation>Firmar y enviar</translation>
    </message>
    <message>
        <source>See the report, sign it and send it to the archive ({sign})</source>
        <translation>Ver el informe, firmarlo y enviarlo al PACS ({sign})</translation>
    </message>
    <message>
        <source>Risk of csPCa {risk} % ({low}–{high}): from PI-RADS {category}, PSA density {density}, age {age} · PI-CAI marksheet, research</source>
        <translation>Riesgo de csPCa {risk} % ({low}–{high}): de PI-RADS {category}, densidad de PSA {density}, edad {age} · datos PI-CAI, investigación</translation>
    </message>
    <message>
        <source>Risk of csPCa not estimated: {missing} missing</source>
        <translation>Riesgo de csPCa no estimado: falta {missing}</translation>
    </message>
    <message>
        <source>Risk of csPCa not estimated: {reasons}</source>
        <translation>Riesgo de csPCa no estimado: {reasons}</translation>
    </message>
    <message>
        <source>Probability of ISUP ≥ 2 for the patient by a logistic regression on {cases} examinations ({events} with csPCa) of three centres, public PI-CAI marksheet. Research use: it changes neither category nor impression.

In brackets: 95 % interval of the model, which does not include the differences between centres and readers: in another centre the risk may be well off. Most examinations with PI-RADS 1 or 2 were not biopsied and count as without csPCa. Volumes were the centres&apos; own; yours may be measured otherwise.

Only for men who are examined for suspected cancer, PSA density {density}, age {age}.</source>
        <translation>Probabilidad de ISUP ≥ 2 para el paciente según una regresión logística con {cases} exploraciones ({events} con csPCa) de tres centros, tabla pública PI-CAI. Uso en investigación: no cambia ni la categoría ni la impresión.

Entre paréntesis: intervalo del 95 % del modelo, que no incluye las diferencias entre centros y lectores: en otro centro el riesgo puede ser muy distinto. La mayoría de las exploraciones con PI-RADS 1 o 2 no se biopsiaron y cuentan como sin csPCa. Los volúmenes son los de los centros; el suyo puede medirse de otro modo.

Solo para varones explorados por sospecha de cáncer, densidad de PSA {density}, edad {age}.</translation>
    </message>
    <message>
        <source>ng/mL²</source>
        <translation>ng/mL²</translation>
    </message>
    <message>
        <source>years</source>
        <translation>años</translation>
    </message>
    <message>
        <source>PI-RADS category 1 to 5 of the examination</source>
        <translation>categoría PI-RADS 1 a 5 de la exploración</translation>
    </message>
    <message>
        <source>PSA</source>
        <translation>PSA</translation>
    </message>
    <message>
        <source>gland volume</source>
        <translation>volumen prostático</translation>
    </message>
    <message>
        <source>age</source>
        <translation>edad</translation>
    </message>
    <message>
        <source>age outside of {range}, for which there is data</source>
        <translation>edad fuera de {range}, para lo que hay datos</translation>
    </message>
    <message>
        <source>PSA density outside of {range}, for which there is data</source>
        <translation>densidad de PSA fuera de {range}, para lo que hay datos</translation>
    </message>
    <message>
        <source>{low} to {high} {unit}</source>
        <translation>{low} a {high} {unit}</translation>
    </message>
    <message>
        <source>It is not certain which series is the {name}: {why}.</source>
        <translation>No es seguro qué serie es {name}: {why}.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Elegir…</translation>
    </message>
    <message>
        <source>Which series is the {name}?</source>
        <translation>¿Qué serie es {name}?</translation>
    </message>
    <message>
        <source>Use as {name}</source>
        <translation>Usar como {name}</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Decidir después</translation>
    </message>
    <message>
        <source>It cannot be told from the images&apos; headers: {why}. Your choice is kept for this scanner and protocol.</source>
        <translation>No se puede determinar por las cabeceras de las imágenes: {why}. Su elección se conserva para este escáner y protocolo.</translation>
    </message>
    <message>
        <source>without description</source>
        <translation>sin descripción</translation>
    </message>
    <message>
        <source>confidence {percent} %</source>
        <translation>confianza {percent} %</translation>
    </message>
    <message>
        <source>Se {value} · {named}{b_words} · {sure}</source>
        <translation>Se {value} · {named}{b_words} · {sure}</translation>
    </message>
    <message>
        <source>Use as</source>
        <translation>Usar como</translation>
    </message>
    <message>
        <source>Nothing: leave it out</source>
        <translation>Nada: no usarla</translation>
    </message>
    <message>
        <source>Forget what was chosen for this scanner and protocol</source>
        <translation>Olvidar lo elegido para este escáner y protocolo</translation>
    </message>
    <message>
        <source>Score {score}</source>
        <translation>Puntuación {score}</translation>
    </message>
    <message>
        <source>X: inadequate or absent</source>
        <translation>X: inadecuada o ausente</translation>
    </message>
    <message>
        <source>DCE positive: focal and early enhancement</source>
        <translation>DCE positiva: realce focal y precoz</translation>
    </message>
    <message>
        <source>DCE not acquired or inadequate</source>
        <translation>DCE no adquirida o inadecuada</translation>
    </message>
    <message>
        <source>n/a</source>
        <translation>n/d</translation>
    </message>
    <message>
        <source>No extraprostatic extension</source>
        <translation>Sin extensión extraprostática</translation>
    </message>
    <message>
        <source>Possible extraprostatic extension</source>
        <translation>Posible extensión extraprostática</translation>
    </message>
    <message>
        <source>poss.</source>
        <translation>posib.</translation>
    </message>
    <message>
        <source>Definite extraprostatic extension</source>
        <translation>Extensión extraprostática definitiva</translation>
    </message>
    <message>
        <source>def.</source>
        <translation>def.</translation>
    </message>
    <message>
        <source>PI-RADS 1</source>
        <translation>PI-RADS 1</translation>
    </message>
    <message>
        <source>PI-RADS 2</source>
        <translation>PI-RADS 2</translation>
    </message>
    <message>
        <source>PI-RADS X</source>
        <translation>PI-RADS X</translation>
    </message>
    <message>
        <source>Score by the rules of the peripheral zone: DWI decides</source>
        <translation>Puntuar según las reglas de la zona periférica: decide la DWI</translation>
    </message>
    <message>
        <source>Score by the rules of the transition zone: T2W decides</source>
        <translation>Puntuar según las reglas de la zona de transición: decide el T2W</translation>
    </message>
    <message>
        <source>Sector map: base, mid and apex, the patient&apos;s right on the left</source>
        <translation>Mapa de sectores: base, tercio medio y ápex, la derecha del paciente a la izquierda</translation>
    </message>
    <message>
        <source>Drag it into a viewport, or press Enter; right-click to use it as something else.</source>
        <translation>Arrástrela a un visor o pulse Enter; clic derecho para usarla como otra cosa.</translation>
    </message>
    <message>
        <source>Se {number} · 1 image</source>
        <translation>Se {number} · 1 imagen</translation>
    </message>
    <message>
        <source>Se {number} · {images} images</source>
        <translation>Se {number} · {images} imágenes</translation>
    </message>
    <message>
        <source>Confidence {percent} %</source>
        <translation>Confianza {percent} %</translation>
    </message>
    <message>
        <source>not used: </source>
        <translation>no usada: </translation>
    </message>
    <message>
        <source>The series of the study will be here</source>
        <translation>Las series del estudio aparecerán aquí</translation>
    </message>
    <message>
        <source>Series of the study</source>
        <translation>Series del estudio</translation>
    </message>
    <message>
        <source>Choose a line and press Enter to give it another key, or Backspace to give it the delivered one back.</source>
        <translation>Elija una línea y pulse Enter para darle otra tecla, o Backspace para devolverle la predeterminada.</translation>
    </message>
    <message>
        <source>Keys and what they do</source>
        <translation>Teclas y su función</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Atajos</translation>
    </message>
    <message>
        <source>“{keys}” cannot be changed.</source>
        <translation>«{keys}» no se puede cambiar.</translation>
    </message>
    <message>
        <source>Press the new key for “{words}”; Esc leaves it as it is.</source>
        <translation>Pulse la nueva tecla para «{words}»; Esc la deja como está.</translation>
    </message>
    <message>
        <source>{error} Press another key, or Esc.</source>
        <translation>{error} Pulse otra tecla, o Esc.</translation>
    </message>
    <message>
        <source>{words} now stands for “{words_2}”.</source>
        <translation>{words} corresponde ahora a «{words_2}».</translation>
    </message>
    <message>
        <source>{delivered} stands for “{words}” again.</source>
        <translation>{delivered} vuelve a corresponder a «{words}».</translation>
    </message>
    <message>
        <source>Every key is as it was delivered.</source>
        <translation>Todas las teclas son las predeterminadas.</translation>
    </message>
    <message>
        <source>Save the list of keys</source>
        <translation>Guardar la lista de teclas</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>The list is in {path}.</source>
        <translation>La lista está en {path}.</translation>
    </message>
    <message>
        <source>Search a key, or what it does</source>
        <translation>Buscar una tecla o su función</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Cambiar…</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Restablecer</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Restablecer todo</translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation>Guardar PDF…</translation>
    </message>
    <message>
        <source>Keys of Prosector</source>
        <translation>Teclas de Prosector</translation>
    </message>
    <message>
        <source>{words}  (delivered: {delivered})</source>
        <translation>{words}  (predeterminada: {delivered})</translation>
    </message>
    <message>
        <source>Before you sign</source>
        <translation>Antes de firmar</translation>
    </message>
    <message>
        <source>Sign and send report</source>
        <translation>Firmar y enviar el informe</translation>
    </message>
    <message>
        <source>Opening the key</source>
        <translation>Abriendo la clave</translation>
    </message>
    <message>
        <source>Drawing and signing the report</source>
        <translation>Componiendo y firmando el informe</translation>
    </message>
    <message>
        <source>Signed and sent. {name} holds every object; the report was read back and its signature is intact.</source>
        <translation>Firmado y enviado. {name} conserva todos los objetos; el informe se volvió a leer y su firma está intacta.</translation>
    </message>
    <message>
        <source>Signed and sent. {name} took every object and has yet to answer that it keeps them; the outbox waits for that.</source>
        <translation>Firmado y enviado. {name} aceptó todos los objetos y aún debe responder que los conserva; la bandeja de salida espera la respuesta.</translation>
    </message>
    <message>
        <source>{sentence} The report is signed and kept on this machine; nothing is lost. It is sent by itself when that is possible; the outbox lamp tells.</source>
        <translation>{sentence} El informe está firmado y guardado en este equipo; no se ha perdido nada. Se enviará por sí solo en cuanto sea posible; la luz de la bandeja de salida lo indica.</translation>
    </message>
    <message>
        <source>Sending…</source>
        <translation>Enviando…</translation>
    </message>
    <message>
        <source>Sign as preliminary &amp;&amp; send</source>
        <translation>Firmar como preliminar &amp;&amp; enviar</translation>
    </message>
    <message>
        <source>Signing…</source>
        <translation>Firmando…</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Reenviar</translation>
    </message>
    <message>
        <source>Sign &amp;&amp; send</source>
        <translation>Firmar &amp;&amp; enviar</translation>
    </message>
    <message>
        <source>Comparing with the signed report…</source>
        <translation>Comparando con el informe firmado…</translation>
    </message>
    <message>
        <source>Signed report</source>
        <translation>Informe firmado</translation>
    </message>
    <message>
        <source>Follows the preliminary report</source>
        <translation>Sigue al informe preliminar</translation>
    </message>
    <message>
        <source>Addendum to the report</source>
        <translation>Adenda al informe</translation>
    </message>
    <message>
        <source>Corrects the report</source>
        <translation>Corrige el informe</translation>
    </message>
    <message>
        <source>A report of this study is signed already and waits to be sent. Send that one, or sign this one anew.</source>
        <translation>Ya hay un informe firmado de este estudio pendiente de envío. Envíe ese, o firme este de nuevo.</translation>
    </message>
    <message>
        <source>Send that one</source>
        <translation>Enviar ese</translation>
    </message>
    <message>
        <source>PI-RADS –</source>
        <translation>PI-RADS –</translation>
    </message>
    <message>
        <source>Will be stored in {name}</source>
        <translation>Se guardará en {name}</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Atrás</translation>
    </message>
    <message>
        <source>I have reviewed the images and the AI findings,
and this report is my own interpretation.</source>
        <translation>He revisado las imágenes y los hallazgos de la IA,
y este informe es mi propia interpretación.</translation>
    </message>
    <message>
        <source>Enter confirms, signs and sends; the space bar only confirms.</source>
        <translation>Enter confirma, firma y envía; la barra espaciadora solo confirma.</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>Stamped by {authority}</source>
        <translation>Sellado de tiempo de {authority}</translation>
    </message>
    <message>
        <source>{subject} · RSA {bits} · valid to {until:%Y-%m-%d}</source>
        <translation>{subject} · RSA {bits} · válido hasta {until:%Y-%m-%d}</translation>
    </message>
    <message>
        <source>Choose the key file</source>
        <translation>Elija el archivo de clave</translation>
    </message>
    <message>
        <source>A PKCS#12 file (.p12 or .pfx) with your key and certificate</source>
        <translation>Un archivo PKCS#12 (.p12 o .pfx) con su clave y certificado</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Lector</translation>
    </message>
    <message>
        <source>Passphrase of the key</source>
        <translation>Contraseña de la clave</translation>
    </message>
    <message>
        <source>Reader&apos;s name</source>
        <translation>Nombre del lector</translation>
    </message>
    <message>
        <source>Your name: Family^Given or Family, Given</source>
        <translation>Su nombre: Apellidos^Nombre o Apellidos, Nombre</translation>
    </message>
    <message>
        <source>As it stands in the signed report: Family^Given^Middle^Prefix, or Family, Given</source>
        <translation>Como figura en el informe firmado: Apellidos^Nombre^Segundo nombre^Prefijo, o Apellidos, Nombre</translation>
    </message>
    <message>
        <source>Key to sign with</source>
        <translation>Clave para firmar</translation>
    </message>
    <message>
        <source>Where the key is</source>
        <translation>Dónde está la clave</translation>
    </message>
    <message>
        <source>Smart card or token</source>
        <translation>Tarjeta inteligente o token</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>Archivo de clave</translation>
    </message>
    <message>
        <source>Preliminary: another reader will verify it</source>
        <translation>Preliminar: otro lector lo validará</translation>
    </message>
    <message>
        <source>PIN of the token</source>
        <translation>PIN del token</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>{name}: opened by its PIN</source>
        <translation>{name}: se abre con su PIN</translation>
    </message>
    <message>
        <source>No key chosen yet</source>
        <translation>Aún no se eligió ninguna clave</translation>
    </message>
    <message>
        <source>{name}: opened by its passphrase</source>
        <translation>{name}: se abre con su contraseña</translation>
    </message>
    <message>
        <source>This viewport shows no series.</source>
        <translation>Este visor no muestra ninguna serie.</translation>
    </message>
    <message>
        <source>Registering {share:.0%}</source>
        <translation>Registrando {share:.0%}</translation>
    </message>
    <message>
        <source>This viewport shows no series, so none of its pixels has a place in the patient.</source>
        <translation>Este visor no muestra ninguna serie, así que ninguno de sus píxeles tiene lugar en el paciente.</translation>
    </message>
    <message>
        <source>Im {number_of} / {slice_count}</source>
        <translation>Im {number_of} / {slice_count}</translation>
    </message>
    <message>
        <source>The crosshair lies outside of this series.</source>
        <translation>El cursor en cruz queda fuera de esta serie.</translation>
    </message>
    <message>
        <source>No series of this study can be cut: it has no images with a place in the patient.</source>
        <translation>Ninguna serie de este estudio se puede cortar: no tiene imágenes con un lugar en el paciente.</translation>
    </message>
    <message>
        <source>Scroll</source>
        <translation>Pasar</translation>
    </message>
    <message>
        <source>Drag to go through the slices</source>
        <translation>Arrastre para recorrer los cortes</translation>
    </message>
    <message>
        <source>Drag to change window and level</source>
        <translation>Arrastre para cambiar ventana y nivel</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Drag to zoom</source>
        <translation>Arrastre para el zoom</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Mover</translation>
    </message>
    <message>
        <source>Drag to move the image</source>
        <translation>Arrastre para mover la imagen</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>Cruz</translation>
    </message>
    <message>
        <source>Click or drag to show the same point in every series</source>
        <translation>Haga clic o arrastre para mostrar el mismo punto en todas las series</translation>
    </message>
    <message>
        <source>Show or hide the outlines of prostate and lesions ({overlays}); look underneath: {look_underneath}</source>
        <translation>Mostrar u ocultar los contornos de próstata y lesiones ({overlays}); ver debajo: {look_underneath}</translation>
    </message>
    <message>
        <source>Opacity of the overlays in percent</source>
        <translation>Opacidad de las superposiciones en porcentaje</translation>
    </message>
    <message>
        <source>How strongly the overlays show</source>
        <translation>Intensidad con que se muestran las superposiciones</translation>
    </message>
    <message>
        <source>Overlay {state}</source>
        <translation>Superpos. {state}</translation>
    </message>
    <message>
        <source>Overlay 100 %</source>
        <translation>Superpos. 100 %</translation>
    </message>
    <message>
        <source>Preparing the 3D view…</source>
        <translation>Preparando la vista 3D…</translation>
    </message>
    <message>
        <source>No study is shown in 3D</source>
        <translation>Ningún estudio se muestra en 3D</translation>
    </message>
    <message>
        <source>Click here to try again.</source>
        <translation>Haga clic aquí para intentarlo de nuevo.</translation>
    </message>
    <message>
        <source>The 3D picture was lost: the graphics driver gave it up.</source>
        <translation>Se perdió la imagen 3D: el controlador gráfico la abandonó.</translation>
    </message>
    <message>
        <source>3D: gland, zones and lesions</source>
        <translation>3D: glándula, zonas y lesiones</translation>
    </message>
    <message>
        <source>Look from {sides}</source>
        <translation>Ver desde {sides}</translation>
    </message>
    <message>
        <source>Look from {sides} ({{look_from_{letter}}})</source>
        <translation>Ver desde {sides} ({{look_from_{letter}}})</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Ver</translation>
    </message>
    <message>
        <source>What is shown in 3D</source>
        <translation>Qué se muestra en 3D</translation>
    </message>
    <message>
        <source>{title} is an earlier examination; click in the present one.</source>
        <translation>{title} es un examen anterior; haga clic en el actual.</translation>
    </message>
    <message>
        <source>{title} is not linked with the axial T2.</source>
        <translation>{title} no está vinculada con el T2 axial.</translation>
    </message>
    <message>
        <source>{name} (whole picture)</source>
        <translation>{name} (imagen completa)</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>Imagen completa</translation>
    </message>
    <message>
        <source>Gland, more contrast</source>
        <translation>Glándula, más contraste</translation>
    </message>
    <message>
        <source>Brightest of the gland</source>
        <translation>Lo más brillante de la glándula</translation>
    </message>
    <message>
        <source>ADC 0 to 2500</source>
        <translation>ADC 0 a 2500</translation>
    </message>
    <message>
        <source>ADC 0 to 1500</source>
        <translation>ADC 0 a 1500</translation>
    </message>
    <message>
        <source>Between…</source>
        <translation>Entre…</translation>
    </message>
    <message>
        <source>Any date</source>
        <translation>Cualquier fecha</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 días</translation>
    </message>
    <message>
        <source>All time</source>
        <translation>Todo el tiempo</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Últimos 30 días</translation>
    </message>
    <message>
        <source>Last 90 days</source>
        <translation>Últimos 90 días</translation>
    </message>
    <message>
        <source>Last 12 months</source>
        <translation>Últimos 12 meses</translation>
    </message>
    <message>
        <source>All readers</source>
        <translation>Todos los lectores</translation>
    </message>
    <message>
        <source>AI model</source>
        <translation>Modelo de IA</translation>
    </message>
    <message>
        <source>All AI models</source>
        <translation>Todos los modelos de IA</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>Periodo</translation>
    </message>
    <message>
        <source>Kept on this workstation; no patient data</source>
        <translation>En esta estación; sin datos de pacientes</translation>
    </message>
    <message>
        <source>Any modality</source>
        <translation>Toda modalidad</translation>
    </message>
    <message>
        <source>Querying…</source>
        <translation>Buscando…</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Consultar</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>PACS: {name}</source>
        <translation>PACS: {name}</translation>
    </message>
    <message>
        <source>Patient name or ID</source>
        <translation>Nombre o ID del paciente</translation>
    </message>
    <message>
        <source>Study date</source>
        <translation>Fecha del estudio</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Desde</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>Modalidad</translation>
    </message>
    <message>
        <source>Ask the archive for studies (Enter, {query})</source>
        <translation>Pedir estudios al PACS (Enter, {query})</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>Importar…</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>Importar archivos</translation>
    </message>
    <message>
        <source>Copy a study from a folder or a CD to this machine ({import_study})</source>
        <translation>Copiar a este equipo un estudio de una carpeta o un CD ({import_study})</translation>
    </message>
    <message>
        <source>This workstation</source>
        <translation>Esta estación</translation>
    </message>
    <message>
        <source>Choose an archive and press Query to see its studies, or import a study from a folder.</source>
        <translation>Elija un PACS y pulse Buscar para ver sus estudios, o importe un estudio de una carpeta.</translation>
    </message>
    <message>
        <source>No signed report yet. Each report that is signed on this workstation, and each run of the AI, is counted here: what became of the AI&apos;s lesions, how long reports took, how often the AI failed. No patient&apos;s data are kept.</source>
        <translation>Aún no hay ningún informe firmado. Aquí se cuenta cada informe que se firma en esta estación y cada ejecución de la IA: qué fue de las lesiones de la IA, cuánto tardaron los informes, cuántas veces falló la IA. No se guardan datos de pacientes.</translation>
    </message>
    <message>
        <source>Nothing that is kept fits this choice. Choose another reader, model or period.</source>
        <translation>No hay nada que corresponda a esta selección. Elija otro lector, modelo o periodo.</translation>
    </message>
    <message>
        <source>Kappa is the quadratic one; times are medians. What differs between few reports is mostly chance, and readers do not read the same patients.</source>
        <translation>Kappa es la cuadrática; los tiempos son medianas. Las diferencias entre pocos informes suelen ser azar, y los lectores no ven a los mismos pacientes.</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>Contando…</translation>
    </message>
    <message>
        <source>Reader {number}</source>
        <translation>Lector {number}</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Export as CSV</source>
        <translation>Exportar como CSV</translation>
    </message>
    <message>
        <source>{count} lines, one for each report and run, are in {path}.</source>
        <translation>{count} líneas, una por informe y ejecución, están en {path}.</translation>
    </message>
    <message>
        <source>Back to the worklist ({leave})</source>
        <translation>Volver a la lista de trabajo ({leave})</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>Exportar CSV…</translation>
    </message>
    <message>
        <source>Export what is chosen as CSV</source>
        <translation>Exportar la selección como CSV</translation>
    </message>
    <message>
        <source>A line for each report and run of the AI that is chosen, for a spreadsheet</source>
        <translation>Una línea por informe y ejecución de la IA seleccionados, para una hoja de cálculo</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>Panel</translation>
    </message>
    <message>
        <source>By reader</source>
        <translation>Por lector</translation>
    </message>
    <message>
        <source>By AI model</source>
        <translation>Por modelo de IA</translation>
    </message>
    <message>
        <source>Open the dashboard</source>
        <translation>Abrir el panel</translation>
    </message>
    <message>
        <source>What signed reports and runs of the AI teach ({dashboard})</source>
        <translation>Lo que enseñan los informes firmados y las ejecuciones de la IA ({dashboard})</translation>
    </message>
    <message>
        <source>Asking {name}…</source>
        <translation>Consultando {name}…</translation>
    </message>
    <message>
        <source>{archive} did not answer, so its studies are not known.</source>
        <translation>{archive} no respondió, así que se desconocen sus estudios.</translation>
    </message>
    <message>
        <source>The filter hides all {count} studies that are listed.</source>
        <translation>El filtro oculta los {count} estudios listados.</translation>
    </message>
    <message>
        <source>{shown} of {listed} studies</source>
        <translation>{shown} de {listed} estudios</translation>
    </message>
    <message>
        <source>{listed} studies</source>
        <translation>{listed} estudios</translation>
    </message>
    <message>
        <source>1 study</source>
        <translation>1 estudio</translation>
    </message>
    <message>
        <source>older ones are being asked for</source>
        <translation>se preguntan los anteriores</translation>
    </message>
    <message>
        <source>the newest only</source>
        <translation>solo los más recientes</translation>
    </message>
    <message>
        <source>reading AI results</source>
        <translation>leyendo resultados de la IA</translation>
    </message>
    <message>
        <source>{who} has claimed this study since {since}.</source>
        <translation>{who} ha reservado este estudio desde {since}.</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Tomar</translation>
    </message>
    <message>
        <source>{who} has claimed this study since {since}. Open it all the same?</source>
        <translation>{who} ha reservado este estudio desde {since}. ¿Abrirlo de todos modos?</translation>
    </message>
    <message>
        <source>Open all the same</source>
        <translation>Abrir de todos modos</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>Abriendo</translation>
    </message>
    <message>
        <source>Retrieving from {name}</source>
        <translation>Recuperando de {name}</translation>
    </message>
    <message>
        <source>Importing {folder}</source>
        <translation>Importando {folder}</translation>
    </message>
    <message>
        <source>Choose again…</source>
        <translation>Elegir otra vez…</translation>
    </message>
    <message>
        <source>Choose the PACS that the report is to be sent to, then send again.</source>
        <translation>Elija el PACS al que se enviará el informe y vuelva a enviarlo.</translation>
    </message>
    <message>
        <source>Sending to {name}</source>
        <translation>Enviando a {name}</translation>
    </message>
    <message>
        <source>Run AI</source>
        <translation>Ejecutar IA</translation>
    </message>
    <message>
        <source>Segment the gland and look for lesions ({run_ai})</source>
        <translation>Segmentar la glándula y buscar lesiones ({run_ai})</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Iniciando</translation>
    </message>
    <message>
        <source>Cancel the AI</source>
        <translation>Cancelar la IA</translation>
    </message>
    <message>
        <source>Stop the AI; nothing is added to the report</source>
        <translation>Detener la IA; no se añade nada al informe</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Deteniendo</translation>
    </message>
    <message>
        <source>about {ceil} s left</source>
        <translation>quedan unos {ceil} s</translation>
    </message>
    <message>
        <source>{count} images are on this machine.</source>
        <translation>{count} imágenes están en este equipo.</translation>
    </message>
    <message>
        <source>The signed report is in {archive}, read back and verified.</source>
        <translation>El informe firmado está en {archive}, leído de nuevo y verificado.</translation>
    </message>
    <message>
        <source>{archive} took the signed report and has yet to answer that it keeps it.</source>
        <translation>{archive} aceptó el informe firmado y aún debe responder que lo conserva.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Mostrar todos</translation>
    </message>
    <message>
        <source>Import the study in this folder</source>
        <translation>Importar el estudio de esta carpeta</translation>
    </message>
    <message>
        <source>{archive} has no study that fits. Widen the dates or clear the patient field.</source>
        <translation>{archive} no tiene ningún estudio que coincida. Amplíe las fechas o vacíe el campo de paciente.</translation>
    </message>
    <message>
        <source>{modality} study</source>
        <translation>estudio de {modality}</translation>
    </message>
    <message>
        <source>study</source>
        <translation>estudio</translation>
    </message>
    <message>
        <source>There is no {kind} on this workstation yet. Retrieve one from a PACS, or import it from a folder.</source>
        <translation>Aún no hay {kind} en esta estación de trabajo. Recupere uno de un PACS o impórtelo de una carpeta.</translation>
    </message>
    <message>
        <source>{archive} has no {kind}. Choose another archive, or import a study from a folder.</source>
        <translation>{archive} no tiene {kind}. Elija otro PACS, o importe un estudio de una carpeta.</translation>
    </message>
    <message>
        <source>No study chosen</source>
        <translation>Ningún estudio elegido</translation>
    </message>
    <message>
        <source>Choose a study in the list.</source>
        <translation>Elija un estudio de la lista.</translation>
    </message>
    <message>
        <source>Retrieve again</source>
        <translation>Recuperar otra vez</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open the study, retrieving it first when it is not on this machine (Enter)</source>
        <translation>Abrir el estudio; si no está en este equipo, primero se recupera (Enter)</translation>
    </message>
    <message>
        <source>Fetch every image of the study to this machine without opening it</source>
        <translation>Traer a este equipo todas las imágenes del estudio sin abrirlo</translation>
    </message>
    <message>
        <source>Send the signed report that is kept on this machine</source>
        <translation>Enviar el informe firmado que se conserva en este equipo</translation>
    </message>
    <message>
        <source>Claim</source>
        <translation>Reservar</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Liberar</translation>
    </message>
    <message>
        <source>Let others read the study.</source>
        <translation>Otros pueden leer el estudio.</translation>
    </message>
    <message>
        <source>Tell others that you read this study.</source>
        <translation>Decir a otros que usted lee este estudio.</translation>
    </message>
    <message>
        <source>Claimed by nobody</source>
        <translation>Sin reservar</translation>
    </message>
    <message>
        <source>Claimed by you since {since}</source>
        <translation>Reservado por usted desde {since}</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>En este equipo</translation>
    </message>
    <message>
        <source>Not on this machine yet; Open fetches it</source>
        <translation>Aún no está en este equipo; Abrir lo recupera</translation>
    </message>
    <message>
        <source>date unknown</source>
        <translation>fecha desconocida</translation>
    </message>
    <message>
        <source>{count} series</source>
        <translation>{count} series</translation>
    </message>
    <message>
        <source>{count} images</source>
        <translation>{count} imágenes</translation>
    </message>
    <message>
        <source>Claimed by you</source>
        <translation>Reservado por usted</translation>
    </message>
    <message>
        <source>Being read</source>
        <translation>En lectura</translation>
    </message>
    <message>
        <source>Draft {when}</source>
        <translation>Borrador {when}</translation>
    </message>
    <message>
        <source>Signed, not sent yet</source>
        <translation>Firmado, aún no enviado</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>Urgente</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Alta</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Media</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Baja</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Buena</translation>
    </message>
    <message>
        <source>Limited</source>
        <translation>Limitada</translation>
    </message>
    <message>
        <source>Inadequate</source>
        <translation>Inadecuada</translation>
    </message>
    <message>
        <source>Reported</source>
        <translation>Informado</translation>
    </message>
    <message>
        <source>AI failed</source>
        <translation>IA falló</translation>
    </message>
    <message>
        <source>AI withheld</source>
        <translation>IA retenida</translation>
    </message>
    <message>
        <source>AI pending</source>
        <translation>IA pendiente</translation>
    </message>
    <message>
        <source>AI in doubt</source>
        <translation>IA dudosa</translation>
    </message>
    <message>
        <source>No AI</source>
        <translation>Sin IA</translation>
    </message>
    <message>
        <source>No lesion found</source>
        <translation>Ninguna lesión hallada</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Falló</translation>
    </message>
    <message>
        <source>Withheld</source>
        <translation>Retenida</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Pendiente</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>Solo contornos</translation>
    </message>
    <message>
        <source>1 lesion</source>
        <translation>1 lesión</translation>
    </message>
    <message>
        <source>{count} lesions</source>
        <translation>{count} lesiones</translation>
    </message>
    <message>
        <source>Report in archive</source>
        <translation>Informe en PACS</translation>
    </message>
    <message>
        <source>Preliminary report</source>
        <translation>Informe preliminar</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Nuevo</translation>
    </message>
    <message>
        <source>Overdue by {time}.</source>
        <translation>Con retraso de {time}.</translation>
    </message>
    <message>
        <source>Due in {time}.</source>
        <translation>Vence en {time}.</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{days} d {hours} h</source>
        <translation>{days} d {hours} h</translation>
    </message>
    <message>
        <source>{days} d</source>
        <translation>{days} d</translation>
    </message>
    <message>
        <source>what the AI says of it is being read</source>
        <translation>se está leyendo lo que dice la IA</translation>
    </message>
    <message>
        <source>the AI suggests PI-RADS {category}</source>
        <translation>la IA sugiere PI-RADS {category}</translation>
    </message>
    <message>
        <source>the AI failed: {why}</source>
        <translation>la IA falló: {why}</translation>
    </message>
    <message>
        <source>the AI did not look for lesions: {why}</source>
        <translation>la IA no buscó lesiones: {why}</translation>
    </message>
    <message>
        <source>PSA density {density:.2f} ng/mL²</source>
        <translation>densidad de PSA {density:.2f} ng/mL²</translation>
    </message>
    <message>
        <source>overdue by {time}</source>
        <translation>con retraso de {time}</translation>
    </message>
    <message>
        <source>ordered as urgent</source>
        <translation>solicitado como urgente</translation>
    </message>
    <message>
        <source>the AI marks lesions without saying how suspicious they are</source>
        <translation>la IA marca lesiones sin decir cuán sospechosas son</translation>
    </message>
    <message>
        <source>the AI found no lesion, which does not rule one out</source>
        <translation>la IA no halló ninguna lesión, lo que no la descarta</translation>
    </message>
    <message>
        <source>no result of an AI is in the archive</source>
        <translation>no hay resultado de una IA en el archivo</translation>
    </message>
    <message>
        <source>segmentations are in the archive that tell no suspicion</source>
        <translation>en el archivo hay segmentaciones que no indican sospecha</translation>
    </message>
    <message>
        <source>it waits for the AI, or is being analysed</source>
        <translation>espera a la IA o se está analizando</translation>
    </message>
    <message>
        <source>the images are inadequate, so that a low suspicion is not relied on</source>
        <translation>las imágenes son inadecuadas, por lo que no se confía en una sospecha baja</translation>
    </message>
    <message>
        <source>more suspicious than at the prior examination</source>
        <translation>más sospechoso que en el estudio previo</translation>
    </message>
    <message>
        <source>a preliminary report waits for its verification</source>
        <translation>un informe preliminar espera su verificación</translation>
    </message>
    <message>
        <source>a final report is in the archive</source>
        <translation>hay un informe definitivo en el archivo</translation>
    </message>
    <message>
        <source>examined so long ago that it is taken for read elsewhere</source>
        <translation>tan antiguo que se da por informado en otro lugar</translation>
    </message>
    <message>
        <source>AI probability {percent} %, calibrated on {patients}</source>
        <translation>probabilidad IA {percent} %, calibrada en {patients}</translation>
    </message>
    <message>
        <source>AI suspicion {score} of 1, which is no rate of cancer</source>
        <translation>sospecha IA {score} de 1, que no es una tasa de cáncer</translation>
    </message>
    <message>
        <source>more suspicious than on {day}: {changes}</source>
        <translation>más sospechoso que el {day}: {changes}</translation>
    </message>
    <message>
        <source>Studies</source>
        <translation>Estudios</translation>
    </message>
    <message>
        <source>Those that fit</source>
        <translation>Las que quepan</translation>
    </message>
    <message>
        <source>Show all shortcuts</source>
        <translation>Mostrar todos los atajos</translation>
    </message>
    <message>
        <source>All shortcuts ({help})</source>
        <translation>Todos los atajos ({help})</translation>
    </message>
    <message>
        <source>Signed in: {actor}</source>
        <translation>Sesión: {actor}</translation>
    </message>
    <message>
        <source>Looking for OpenGL</source>
        <translation>Buscando OpenGL</translation>
    </message>
    <message>
        <source>3D cannot be shown: this machine has no OpenGL 3.2 that works. Ask whoever looks after it for a graphics driver or Mesa&apos;s software one (libegl1, libgl1-mesa-dri); all else works without it.</source>
        <translation>No se puede mostrar 3D: este equipo no tiene un OpenGL 3.2 que funcione. Pida a quien lo administra un controlador gráfico o el de software de Mesa (libegl1, libgl1-mesa-dri); todo lo demás funciona sin él.</translation>
    </message>
    <message>
        <source>ADC</source>
        <translation>ADC</translation>
    </message>
    <message>
        <source>High b</source>
        <translation>b alto</translation>
    </message>
    <message>
        <source>Location</source>
        <translation>Lugar</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>Borde</translation>
    </message>
    <message>
        <source>Prior</source>
        <translation>A priori</translation>
    </message>
    <message>
        <source>For (+) and against (−) cancer, in log-odds; together {total}</source>
        <translation>A favor (+) y en contra (−) de cáncer, en log-odds; en total {total}</translation>
    </message>
    <message>
        <source>The AI&apos;s map can be laid over once the AI has run on this study.</source>
        <translation>El mapa de la IA se puede superponer una vez que la IA se haya ejecutado en este estudio.</translation>
    </message>
    <message>
        <source>The AI&apos;s map of this study is no longer kept on this workstation; run the AI again to lay it over.</source>
        <translation>El mapa de la IA de este estudio ya no se conserva en esta estación de trabajo; ejecute de nuevo la IA para superponerlo.</translation>
    </message>
    <message>
        <source>no suspicious lesion</source>
        <translation>ninguna lesión sospechosa</translation>
    </message>
    <message>
        <source>{count} lesions to review</source>
        <translation>{count} lesiones por revisar</translation>
    </message>
    <message>
        <source>1 lesion to review</source>
        <translation>1 lesión por revisar</translation>
    </message>
    <message>
        <source>The AI found {found}.{kept}</source>
        <translation>La IA encontró: {found}.{kept}</translation>
    </message>
    <message>
        <source>Cannot run: {sentence}</source>
        <translation>No se puede ejecutar: {sentence}</translation>
    </message>
    <message>
        <source> You can still read and report the study by hand.</source>
        <translation> Aun así puede leer e informar el estudio manualmente.</translation>
    </message>
    <message>
        <source>The AI was stopped; nothing was added to the report.</source>
        <translation>Se detuvo la IA; no se añadió nada al informe.</translation>
    </message>
    <message>
        <source>Page and targets for the tumour board are in {folder}.</source>
        <translation>La página y las dianas para el comité de tumores están en {folder}.</translation>
    </message>
    <message>
        <source>PRECISE compares with an earlier prostate MR, and none of this patient is known.</source>
        <translation>PRECISE compara con una RM de próstata anterior y de este paciente no se conoce ninguna.</translation>
    </message>
    <message>
        <source>Images, models and program are those of {when}: the answer is kept from then.</source>
        <translation>Imágenes, modelos y programa son los de {when}: el resultado es de entonces.</translation>
    </message>
    <message>
        <source>PSA in nanograms per millilitre</source>
        <translation>PSA en nanogramos por mililitro</translation>
    </message>
    <message>
        <source>ng/mL</source>
        <translation>ng/mL</translation>
    </message>
    <message>
        <source>Acc {number}</source>
        <translation>Acc. {number}</translation>
    </message>
    <message>
        <source>{sex} · age unknown</source>
        <translation>{sex} · edad desconocida</translation>
    </message>
    <message>
        <source>{sex} {age} y</source>
        <translation>{sex} {age} años</translation>
    </message>
    <message>
        <source>Sex unknown</source>
        <translation>Sexo desconocido</translation>
    </message>
    <message>
        <source>“{text}” is not a PSA; write a number in ng/mL, such as 7.8.</source>
        <translation>«{text}» no es un PSA; escriba un número en ng/mL, como 7.8.</translation>
    </message>
    <message>
        <source>A PSA of {text} ng/mL cannot be right; write a number such as 7.8.</source>
        <translation>Un PSA de {text} ng/mL no puede ser correcto; escriba un número como 7.8.</translation>
    </message>
    <message>
        <source>Preliminary</source>
        <translation>Preliminar</translation>
    </message>
    <message>
        <source>Final</source>
        <translation>Definitivo</translation>
    </message>
    <message>
        <source>Addendum</source>
        <translation>Adenda</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>Corregido</translation>
    </message>
    <message>
        <source>signed by {name}, {when}</source>
        <translation>firmado por {name}, {when}</translation>
    </message>
    <message>
        <source>{words}, written by {author}</source>
        <translation>{words}, redactado por {author}</translation>
    </message>
    <message>
        <source>Findings and impression are unchanged.</source>
        <translation>Los hallazgos y la impresión no cambian.</translation>
    </message>
    <message>
        <source>No study is open.</source>
        <translation>No hay ningún estudio abierto.</translation>
    </message>
    <message>
        <source>Looking for results in the study …</source>
        <translation>Buscando resultados en el estudio …</translation>
    </message>
    <message>
        <source>1 lesion of “{title}” is to be reviewed now.</source>
        <translation>Ahora hay que revisar 1 lesión de «{title}».</translation>
    </message>
    <message>
        <source>{count} lesions of “{title}” are to be reviewed now.</source>
        <translation>Ahora hay que revisar {count} lesiones de «{title}».</translation>
    </message>
    <message>
        <source>Reading its lesions</source>
        <translation>Leyendo sus lesiones</translation>
    </message>
    <message>
        <source>The PDF cannot be shown: it is damaged or protected.</source>
        <translation>El PDF no se puede mostrar: está dañado o protegido.</translation>
    </message>
    <message>
        <source>Content of the report</source>
        <translation>Contenido del informe</translation>
    </message>
    <message>
        <source>Content item {position}</source>
        <translation>Elemento de contenido {position}</translation>
    </message>
    <message>
        <source>Its window is not applied to the ADC map, whose values are shown in 10⁻⁶ mm²/s here.</source>
        <translation>Su ventana no se aplica al mapa de ADC, cuyos valores se muestran aquí en 10⁻⁶ mm²/s.</translation>
    </message>
    <message>
        <source>1: resolution of what was suspicious before.</source>
        <translation>1: desaparición de lo que era sospechoso.</translation>
    </message>
    <message>
        <source>2: less; what was suspicious has become smaller or less conspicuous.</source>
        <translation>2: menos; lo sospechoso es menor o menos visible.</translation>
    </message>
    <message>
        <source>3: stable, no new lesion; say whether it is visible (3-V) or not (3-NonV).</source>
        <translation>3: estable, sin lesión nueva; indique si es visible (3-V) o no (3-NonV).</translation>
    </message>
    <message>
        <source>4: more; larger, more conspicuous, or a new lesion, confined to the prostate.</source>
        <translation>4: más; mayor, más visible o una lesión nueva, limitada a la próstata.</translation>
    </message>
    <message>
        <source>5: definite progression to stage T3a or higher: beyond the prostate, vesicles, nodes or bone.</source>
        <translation>5: progresión definitiva a estadio T3a o superior: fuera de la próstata, vesículas, ganglios o hueso.</translation>
    </message>
    <message>
        <source>X: not judged, image quality is insufficient for a comparison.</source>
        <translation>X: no valorado, la calidad de imagen es insuficiente para comparar.</translation>
    </message>
    <message>
        <source>Earlier examination that PRECISE compares with</source>
        <translation>Examen anterior con el que compara PRECISE</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>Qué ha cambiado</translation>
    </message>
    <message>
        <source>What changed, for the report</source>
        <translation>Qué ha cambiado, para el informe</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Borrar</translation>
    </message>
    <message>
        <source>Report no PRECISE score</source>
        <translation>No indicar PRECISE</translation>
    </message>
    <message>
        <source>PRECISE</source>
        <translation>PRECISE</translation>
    </message>
    <message>
        <source>Change in active surveillance, PRECISE version 2 ({precise})</source>
        <translation>Cambio en vigilancia activa, PRECISE versión 2 ({precise})</translation>
    </message>
    <message>
        <source>against</source>
        <translation>frente a</translation>
    </message>
    <message>
        <source>Not scored. Point at a score to read it.</source>
        <translation>Sin puntuar. Señale un valor para leerlo.</translation>
    </message>
    <message>
        <source>Add addendum</source>
        <translation>Añadir adenda</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Corregir</translation>
    </message>
    <message>
        <source>Nothing waits: every report that was signed here has reached its archive.</source>
        <translation>No hay nada en espera: todos los informes firmados aquí han llegado a su archivo.</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>Bandeja de salida</translation>
    </message>
    <message>
        <source>It is sent again now.</source>
        <translation>Se envía de nuevo ahora.</translation>
    </message>
    <message>
        <source>Complete the report without {objects}? The archive will not have it; it stays on this machine.</source>
        <translation>¿Completar el informe sin {objects}? El archivo no lo tendrá; se queda en este equipo.</translation>
    </message>
    <message>
        <source>Give the whole signed report up? It will not reach {archive}, and nobody is told of it. Its files and your draft stay here. Why?</source>
        <translation>¿Renunciar a todo el informe firmado? No llegará a {archive} y no se comunica a nadie. Sus ficheros y su borrador se quedan aquí. ¿Por qué?</translation>
    </message>
    <message>
        <source>{objects} is given up; the rest is sent.</source>
        <translation>Se renuncia a {objects}; el resto se envía.</translation>
    </message>
    <message>
        <source>The report is given up; its files stay in the outbox folder.</source>
        <translation>Se ha renunciado al informe; sus ficheros se quedan en la carpeta de salida.</translation>
    </message>
    <message>
        <source>Reason, kept with the report</source>
        <translation>Motivo; se guarda con el informe</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Desistir</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Conservar</translation>
    </message>
    <message>
        <source>Retry now</source>
        <translation>Reintentar ahora</translation>
    </message>
    <message>
        <source>Give up…</source>
        <translation>Renunciar…</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>Historial…</translation>
    </message>
    <message>
        <source>What is added to the report; its findings stay as they were signed</source>
        <translation>Lo que se añade al informe; los hallazgos firmados no cambian</translation>
    </message>
    <message>
        <source>Why the signed report is replaced; it stands in the new one</source>
        <translation>Por qué se sustituye el informe firmado; consta en el nuevo</translation>
    </message>
    <message>
        <source>Report {signed}</source>
        <translation>Informe {signed}</translation>
    </message>
    <message>
        <source>Report {signed}. Read it, change what is needed, and sign it as final.</source>
        <translation>Informe {signed}. Léalo, cambie lo necesario y fírmelo como definitivo.</translation>
    </message>
    <message>
        <source>To the report {signed}</source>
        <translation>Al informe {signed}</translation>
    </message>
    <message>
        <source>Correction</source>
        <translation>Corrección</translation>
    </message>
    <message>
        <source>Of the report {signed}</source>
        <translation>Del informe {signed}</translation>
    </message>
    <message>
        <source>not assessed</source>
        <translation>no valorado</translation>
    </message>
    <message>
        <source>none</source>
        <translation>no</translation>
    </message>
    <message>
        <source>possible</source>
        <translation>posible</translation>
    </message>
    <message>
        <source>definite</source>
        <translation>seguro</translation>
    </message>
    <message>
        <source>Vesicles</source>
        <translation>Vesículas</translation>
    </message>
    <message>
        <source>Seminal vesicle invasion</source>
        <translation>Invasión de vesícula seminal</translation>
    </message>
    <message>
        <source>R</source>
        <translation>D</translation>
    </message>
    <message>
        <source>L</source>
        <translation>I</translation>
    </message>
    <message>
        <source>Bundles</source>
        <translation>Haces</translation>
    </message>
    <message>
        <source>Involvement of the neurovascular bundle</source>
        <translation>Afectación del haz neurovascular</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Ganglios</translation>
    </message>
    <message>
        <source>Suspicious lymph nodes</source>
        <translation>Ganglios sospechosos</translation>
    </message>
    <message>
        <source>where, short axis in mm</source>
        <translation>dónde, eje corto en mm</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Hueso</translation>
    </message>
    <message>
        <source>Suspicious bone lesion</source>
        <translation>Lesión ósea sospechosa</translation>
    </message>
    <message>
        <source>where, size</source>
        <translation>dónde, tamaño</translation>
    </message>
    <message>
        <source>Rest none</source>
        <translation>Resto no</translation>
    </message>
    <message>
        <source>Everything that was not assessed here is not seen (pressed again, {staging})</source>
        <translation>Todo lo que no se valoró aquí no se ve (pulsada de nuevo, {staging})</translation>
    </message>
    <message>
        <source>Staging in detail</source>
        <translation>Estadificación en detalle</translation>
    </message>
    <message>
        <source>Vesicles, bundles, nodes and bone; pressed again, the key says that the rest is not seen ({staging})</source>
        <translation>Vesículas, haces, ganglios y hueso; pulsada de nuevo, la tecla dice que el resto no se ve ({staging})</translation>
    </message>
    <message>
        <source>Staging</source>
        <translation>Estadificación</translation>
    </message>
    <message>
        <source>{what}: press for {next}</source>
        <translation>{what}: pulse para «{next}»</translation>
    </message>
    <message>
        <source>Not assessed: vesicles, bundles, nodes, bone</source>
        <translation>Sin valorar: vesículas, haces, ganglios, hueso</translation>
    </message>
    <message>
        <source>{n} of {all} none</source>
        <translation>{n} de {all} no</translation>
    </message>
    <message>
        <source>{n} not assessed</source>
        <translation>{n} sin valorar</translation>
    </message>
    <message>
        <source>Send again now</source>
        <translation>Enviar de nuevo ahora</translation>
    </message>
    <message>
        <source>{name}: is told once the archive holds the report</source>
        <translation>{name}: se le avisará cuando el archivo tenga el informe</translation>
    </message>
    <message>
        <source>{name}: waits until the archive holds the report</source>
        <translation>{name}: espera a que el archivo tenga el informe</translation>
    </message>
    <message>
        <source>{name}: waiting.{words}</source>
        <translation>{name}: en espera.{words}</translation>
    </message>
    <message>
        <source>{name}: refused.{words}</source>
        <translation>{name}: rechazado.{words}</translation>
    </message>
    <message>
        <source>{name}: sent {when}</source>
        <translation>{name}: enviado {when}</translation>
    </message>
    <message>
        <source>{name}: given up.{words}</source>
        <translation>{name}: abandonado.{words}</translation>
    </message>
    <message>
        <source>{name} waiting</source>
        <translation>{name} en espera</translation>
    </message>
    <message>
        <source>{name} refused</source>
        <translation>{name} rechazado</translation>
    </message>
    <message>
        <source>Mark the shown image</source>
        <translation>Marcar la imagen mostrada</translation>
    </message>
    <message>
        <source>Make the image in the active viewport a key image, or take it off ({key_image})</source>
        <translation>Hacer de la imagen de la vista activa una imagen clave, o quitarla ({key_image})</translation>
    </message>
    <message>
        <source>None is marked. Those through the index lesion are sent: T2, ADC and high b.</source>
        <translation>No hay ninguna marcada. Se envían las que pasan por la lesión índice: T2, ADC y b alto.</translation>
    </message>
    <message>
        <source>What the key image shows</source>
        <translation>Lo que muestra la imagen clave</translation>
    </message>
    <message>
        <source>Show this key image</source>
        <translation>Mostrar esta imagen clave</translation>
    </message>
    <message>
        <source>Take it off the key images</source>
        <translation>Quitarla de las imágenes clave</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>sagital</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>coronal</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Media</translation>
    </message>
    <message>
        <source>{tilt:.0f}° off patient axes</source>
        <translation>a {tilt:.0f}° de los ejes del paciente</translation>
    </message>
    <message>
        <source>{tilt:.0f}° off series axes</source>
        <translation>a {tilt:.0f}° de los ejes de la serie</translation>
    </message>
    <message>
        <source>along patient axes</source>
        <translation>según los ejes del paciente</translation>
    </message>
    <message>
        <source>along series axes</source>
        <translation>según los ejes de la serie</translation>
    </message>
    <message>
        <source>Key image</source>
        <translation>Imagen clave</translation>
    </message>
    <message>
        <source>{name} has not been asked yet.</source>
        <translation>{name} aún no ha sido consultado.</translation>
    </message>
    <message>
        <source>{name} answers.</source>
        <translation>{name} responde.</translation>
    </message>
    <message>
        <source>{name} does not answer at the moment; it is asked again every minute, and what you sign is kept here.</source>
        <translation>{name} no responde en este momento; se le pregunta de nuevo cada minuto, y lo que firme se conserva aquí.</translation>
    </message>
    <message>
        <source>{name} refuses this station, so a setting has to be changed; click to find out which.</source>
        <translation>{name} rechaza esta estación, así que hay que cambiar un ajuste; haga clic para saber cuál.</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Conexiones</translation>
    </message>
    <message>
        <source>Try the archives, the RIS and the EHR, and see what has to be changed</source>
        <translation>Probar los archivos, el RIS y la historia clínica, y ver qué hay que cambiar</translation>
    </message>
    <message>
        <source>Also store a small test object in each archive (it stays there until it is deleted)</source>
        <translation>Almacenar también un pequeño objeto de prueba en cada archivo (queda allí hasta que se borre)</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Iniciar</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy what was found, for the administrator of the archive</source>
        <translation>Copia lo encontrado, para el administrador del archivo</translation>
    </message>
    <message>
        <source>The settings name no archive, RIS or EHR yet; docs/pacs.md says how.</source>
        <translation>La configuración aún no nombra ningún archivo, RIS ni historia clínica; docs/pacs.md dice cómo.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Repetir</translation>
    </message>
    <message>
        <source>Stopped; the steps without a result were not tried.</source>
        <translation>Detenido; los pasos sin resultado no se probaron.</translation>
    </message>
    <message>
        <source>One step failed; it says what to change.</source>
        <translation>Un paso falló; dice qué cambiar.</translation>
    </message>
    <message>
        <source>{failed} steps failed; each says what to change.</source>
        <translation>{failed} pasos fallaron; cada uno dice qué cambiar.</translation>
    </message>
    <message>
        <source>All that was tried works.</source>
        <translation>Todo lo probado funciona.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Archives, RIS and EHR</source>
        <translation>Archivos, RIS e historia clínica</translation>
    </message>
    <message>
        <source>Each is tried in both directions: we reach it, it reaches us. A small series of the last days is fetched and thrown away; nothing is sent unless you say so below.</source>
        <translation>Cada uno se prueba en ambos sentidos: lo alcanzamos, nos alcanza. Se trae una pequeña serie de los últimos días y se desecha; nada se envía salvo que usted lo indique abajo.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Pasos</translation>
    </message>
    <message>
        <source>Any AI result</source>
        <translation>Cualquier resultado IA</translation>
    </message>
    <message>
        <source>High and urgent</source>
        <translation>Alta y urgente</translation>
    </message>
    <message>
        <source>AI ready</source>
        <translation>IA lista</translation>
    </message>
    <message>
        <source>No AI result yet</source>
        <translation>Aún sin resultado IA</translation>
    </message>
    <message>
        <source>AI failed or withheld</source>
        <translation>IA fallida o retenida</translation>
    </message>
    <message>
        <source>AI result</source>
        <translation>Resultado IA</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>No leídos</translation>
    </message>
    <message>
        <source>Only studies without a final report ({unread_only})</source>
        <translation>Solo estudios sin informe definitivo ({unread_only})</translation>
    </message>
    <message>
        <source>Mine</source>
        <translation>Míos</translation>
    </message>
    <message>
        <source>Only studies that you have claimed ({my_claims})</source>
        <translation>Solo estudios que usted ha reservado ({my_claims})</translation>
    </message>
    <message>
        <source>Filter the list</source>
        <translation>Filtrar la lista</translation>
    </message>
    <message>
        <source>Words of name, ID, accession number, description, site or reader ({filter_list})</source>
        <translation>Palabras de nombre, ID, número de acceso, descripción, centro o lector ({filter_list})</translation>
    </message>
    <message>
        <source>Every workstation with the same claims database sees it.</source>
        <translation>Lo ve toda estación con la misma base de datos.</translation>
    </message>
    <message>
        <source>Claims are kept on this workstation only: no shared database is named in the settings.</source>
        <translation>Las reservas quedan solo en esta estación: la configuración no nombra una base de datos común.</translation>
    </message>
    <message>
        <source>The settings of the worklist</source>
        <translation>Los ajustes de la lista de trabajo</translation>
    </message>
    <message>
        <source>The worklist is as delivered</source>
        <translation>La lista de trabajo está como se entregó</translation>
    </message>
    <message>
        <source>are as delivered</source>
        <translation>están como se entregaron</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Modificadas</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Rechazadas</translation>
    </message>
    <message>
        <source>other causes</source>
        <translation>otras causas</translation>
    </message>
    <message>
        <source>Every run of the AI gave an answer.</source>
        <translation>Todas las ejecuciones de la IA dieron respuesta.</translation>
    </message>
    <message>
        <source>AI lesions in signed reports</source>
        <translation>Lesiones de la IA en informes firmados</translation>
    </message>
    <message>
        <source>PI-RADS: suggested and given</source>
        <translation>PI-RADS: sugerido y asignado</translation>
    </message>
    <message>
        <source>Kappa compares examinations; 1 and 2 count as one category.</source>
        <translation>Kappa compara exploraciones; 1 y 2 cuentan como una categoría.</translation>
    </message>
    <message>
        <source>Lesions of the AI: {lesions}; reports: {reports}, with lesions looked for by the AI: {looked}</source>
        <translation>Lesiones de la IA: {lesions}; informes: {reports}, con búsqueda de lesiones por la IA: {looked}</translation>
    </message>
    <message>
        <source>Lesions of PI-RADS 3 or above that readers added where the AI had looked: {added}</source>
        <translation>Lesiones de PI-RADS 3 o más que los lectores añadieron donde la IA había buscado: {added}</translation>
    </message>
    <message>
        <source>Weighted kappa (n = {count}): quadratic {quadratic}, linear {linear}</source>
        <translation>Kappa ponderada (n = {count}): cuadrática {quadratic}, lineal {linear}</translation>
    </message>
    <message>
        <source>Weighted kappa (n = {count}): {quadratic}</source>
        <translation>Kappa ponderada (n = {count}): {quadratic}</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Tiempos</translation>
    </message>
    <message>
        <source>Open to signed</source>
        <translation>De abrir a firmar</translation>
    </message>
    <message>
        <source>Examination to report</source>
        <translation>De la exploración al informe</translation>
    </message>
    <message>
        <source>Positive examinations over time</source>
        <translation>Exploraciones positivas en el tiempo</translation>
    </message>
    <message>
        <source>PI-RADS 3 or above is positive</source>
        <translation>PI-RADS 3 o más es positivo</translation>
    </message>
    <message>
        <source>PI-RADS 4 or above is positive</source>
        <translation>PI-RADS 4 o más es positivo</translation>
    </message>
    <message>
        <source>positive: PI-RADS</source>
        <translation>positivo: PI-RADS</translation>
    </message>
    <message>
        <source>Reports</source>
        <translation>Informes</translation>
    </message>
    <message>
        <source>AI</source>
        <translation>IA</translation>
    </message>
    <message>
        <source>Runs of the AI without an answer</source>
        <translation>Ejecuciones de la IA sin respuesta</translation>
    </message>
    <message>
        <source>The AI has not run yet.</source>
        <translation>La IA aún no se ha ejecutado.</translation>
    </message>
    <message>
        <source>The rate is drawn from {window} examinations on; there are {count}.</source>
        <translation>La tasa se dibuja a partir de {window} exploraciones; hay {count}.</translation>
    </message>
    <message>
        <source>PI-RADS of the AI&apos;s lesions, as suggested and as given</source>
        <translation>PI-RADS de las lesiones de la IA, sugerido y asignado</translation>
    </message>
    <message>
        <source>reader gave PI-RADS</source>
        <translation>el lector asignó PI-RADS</translation>
    </message>
    <message>
        <source>READER</source>
        <translation>LECTOR</translation>
    </message>
    <message>
        <source>REPORTS</source>
        <translation>INFORMES</translation>
    </message>
    <message>
        <source>AI LESIONS</source>
        <translation>LES. IA</translation>
    </message>
    <message>
        <source>ACCEPTED</source>
        <translation>ACEPT.</translation>
    </message>
    <message>
        <source>EDITED</source>
        <translation>MODIF.</translation>
    </message>
    <message>
        <source>REJECTED</source>
        <translation>RECHAZ.</translation>
    </message>
    <message>
        <source>KAPPA</source>
        <translation>KAPPA</translation>
    </message>
    <message>
        <source>POSITIVE</source>
        <translation>POSITIVO</translation>
    </message>
    <message>
        <source>TO SIGN</source>
        <translation>FIRMA</translation>
    </message>
    <message>
        <source>TO REPORT</source>
        <translation>INFORME</translation>
    </message>
    <message>
        <source>AI MODEL</source>
        <translation>MODELO DE IA</translation>
    </message>
    <message>
        <source>RUNS</source>
        <translation>EJECUC.</translation>
    </message>
    <message>
        <source>FAILED</source>
        <translation>FALLOS</translation>
    </message>
    <message>
        <source>Readers that are not told apart</source>
        <translation>Lectores no distinguidos</translation>
    </message>
    <message>
        <source>images lack what the AI needs</source>
        <translation>a las imágenes les falta lo que la IA necesita</translation>
    </message>
    <message>
        <source>no prostate found</source>
        <translation>no se encontró la próstata</translation>
    </message>
    <message>
        <source>a series is incomplete</source>
        <translation>una serie está incompleta</translation>
    </message>
    <message>
        <source>series do not share a frame of reference</source>
        <translation>las series no comparten sistema de referencia</translation>
    </message>
    <message>
        <source>files cannot be read</source>
        <translation>no se pueden leer los archivos</translation>
    </message>
    <message>
        <source>the analysis process ended</source>
        <translation>el proceso de análisis terminó</translation>
    </message>
    <message>
        <source>not enough memory</source>
        <translation>memoria insuficiente</translation>
    </message>
    <message>
        <source>a model&apos;s files are missing</source>
        <translation>faltan archivos de un modelo</translation>
    </message>
    <message>
        <source>a model&apos;s files were altered</source>
        <translation>se alteraron archivos de un modelo</translation>
    </message>
    <message>
        <source>a model cannot be run here</source>
        <translation>un modelo no puede ejecutarse aquí</translation>
    </message>
    <message>
        <source>fewer than two examinations have a category of both AI and reader</source>
        <translation>menos de dos exploraciones tienen categoría de la IA y del lector</translation>
    </message>
    <message>
        <source>the AI or the reader gave every examination one and the same category</source>
        <translation>la IA o el lector dieron a todas las exploraciones la misma categoría</translation>
    </message>
    <message>
        <source>This proves no error: other patients, another scanner or protocol, another reader or model, and now and then chance, do the same. Find out which it is.</source>
        <translation>Esto no prueba ningún error: otros pacientes, otro equipo o protocolo, otro lector o modelo y, de vez en cuando, el azar hacen lo mismo. Averigüe cuál es la causa.</translation>
    </message>
    <message>
        <source>{part} of {whole} ({share}, 95 % interval {low:.0f}–{high:.0f} %)</source>
        <translation>{part} de {whole} ({share}, intervalo del 95 % {low:.0f}–{high:.0f} %)</translation>
    </message>
    <message>
        <source>none: {why}</source>
        <translation>ninguna: {why}</translation>
    </message>
    <message>
        <source>{kappa:.2f} (no interval below {least} examinations)</source>
        <translation>{kappa:.2f} (sin intervalo por debajo de {least} exploraciones)</translation>
    </message>
    <message>
        <source>{kappa:.2f} (95 % interval {low:.2f}–{high:.2f})</source>
        <translation>{kappa:.2f} (intervalo del 95 % {low:.2f}–{high:.2f})</translation>
    </message>
    <message>
        <source>{seconds:.0f} s</source>
        <translation>{seconds:.0f} s</translation>
    </message>
    <message>
        <source>{minutes:.0f} min</source>
        <translation>{minutes:.0f} min</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} h</translation>
    </message>
    <message>
        <source>{days} days</source>
        <translation>{days} días</translation>
    </message>
    <message>
        <source>median {median}, half of them {lower} to {upper} (n = {count})</source>
        <translation>mediana {median}, la mitad de {lower} a {upper} (n = {count})</translation>
    </message>
    <message>
        <source>not known of any report</source>
        <translation>no se conoce de ningún informe</translation>
    </message>
    <message>
        <source>unexpected ({failure})</source>
        <translation>inesperado ({failure})</translation>
    </message>
    <message>
        <source>rej.</source>
        <translation>rech.</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>rechazada</translation>
    </message>
    <message>
        <source>{suggested} to {given}: {count}</source>
        <translation>{suggested} a {given}: {count}</translation>
    </message>
    <message>
        <source>⚠ Drift · {whose}: {latest} of the latest {window} examinations are PI-RADS {least} or above, {first} of the first {window}; expected: {low:.0f}–{high:.0f} %.</source>
        <translation>⚠ Deriva · {whose}: {latest} de las últimas {window} exploraciones son PI-RADS {least} o más, {first} de las primeras {window}; esperado: {low:.0f}–{high:.0f} %.</translation>
    </message>
    <message>
        <source>watched for drift from {least} examinations on; there are {count}</source>
        <translation>vigilancia de deriva a partir de {least} exploraciones; hay {count}</translation>
    </message>
    <message>
        <source>beyond its limits</source>
        <translation>fuera de los límites</translation>
    </message>
    <message>
        <source>within its limits</source>
        <translation>dentro de los límites</translation>
    </message>
    <message>
        <source>latest {window}: {latest}, {told} {low:.0f}–{high:.0f} %</source>
        <translation>últimas {window}: {latest}, {told} {low:.0f}–{high:.0f} %</translation>
    </message>
    <message>
        <source>PRIORITY</source>
        <translation>PRIORIDAD</translation>
    </message>
    <message>
        <source>PATIENT</source>
        <translation>PACIENTE</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>AGE</source>
        <translation>EDAD</translation>
    </message>
    <message>
        <source>STUDY</source>
        <translation>ESTUDIO</translation>
    </message>
    <message>
        <source>ACCESSION</source>
        <translation>ACCESO</translation>
    </message>
    <message>
        <source>SITE</source>
        <translation>CENTRO</translation>
    </message>
    <message>
        <source>STATUS</source>
        <translation>ESTADO</translation>
    </message>
    <message>
        <source>QUALITY</source>
        <translation>CALIDAD</translation>
    </message>
    <message>
        <source>PRIORS</source>
        <translation>PREVIOS</translation>
    </message>
    <message>
        <source>WAITING</source>
        <translation>ESPERA</translation>
    </message>
    <message>
        <source>SERIES FOUND</source>
        <translation>SERIES</translation>
    </message>
    <message>
        <source>LOCAL</source>
        <translation>LOCAL</translation>
    </message>
    <message>
        <source>Claimed by {who} since {since}</source>
        <translation>Reservado por {who} desde {since}</translation>
    </message>
    <message>
        <source>Earlier examinations of the patient among the studies listed: {count}</source>
        <translation>Estudios anteriores del paciente entre los listados: {count}</translation>
    </message>
    <message>
        <source>Outbox empty</source>
        <translation>Salida vacía</translation>
    </message>
    <message>
        <source>Outbox: needs you</source>
        <translation>Salida: le necesita</translation>
    </message>
    <message>
        <source>Outbox: {count} waiting since {since}</source>
        <translation>Salida: {count} en espera desde las {since}</translation>
    </message>
    <message>
        <source>Every signed report has reached its archive.</source>
        <translation>Todos los informes firmados han llegado a su archivo.</translation>
    </message>
    <message>
        <source>A signed report cannot be sent without you; click to see which and why.</source>
        <translation>Un informe firmado no puede enviarse sin usted; haga clic para ver cuál y por qué.</translation>
    </message>
    <message>
        <source>A signed report waits for its archive since {since}; it is sent by itself.</source>
        <translation>Un informe firmado espera a su archivo desde las {since}; se envía por sí solo.</translation>
    </message>
    <message>
        <source>{count} signed reports wait for their archive since {since}; they are sent by themselves.</source>
        <translation>{count} informes firmados esperan a su archivo desde las {since}; se envían por sí solos.</translation>
    </message>
    <message>
        <source>◐ waiting</source>
        <translation>◐ en espera</translation>
    </message>
    <message>
        <source>◐ taken, not answered</source>
        <translation>◐ aceptado, sin respuesta</translation>
    </message>
    <message>
        <source>✕ refused</source>
        <translation>✕ rechazado</translation>
    </message>
    <message>
        <source>● in the archive</source>
        <translation>● en el archivo</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>abandonado</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>en espera</translation>
    </message>
    <message>
        <source>being sent</source>
        <translation>enviándose</translation>
    </message>
    <message>
        <source>stored, not proven yet</source>
        <translation>guardado, aún sin prueba</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>verificado</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>rechazado</translation>
    </message>
    <message>
        <source>REPORT</source>
        <translation>INFORME</translation>
    </message>
    <message>
        <source>ARCHIVE</source>
        <translation>ARCHIVO</translation>
    </message>
    <message>
        <source>STATE</source>
        <translation>ESTADO</translation>
    </message>
    <message>
        <source>NEXT TRY</source>
        <translation>PRÓXIMO INTENTO</translation>
    </message>
    <message>
        <source>WHAT WAS SAID</source>
        <translation>QUÉ SE DIJO</translation>
    </message>
    <message>
        <source>Signed reports on their way</source>
        <translation>Informes firmados en camino</translation>
    </message>
    <message>
        <source>signed {when}</source>
        <translation>firmado {when}</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
    <message>
        <source>Not reviewed: {labels}</source>
        <translation>Sin revisar: {labels}</translation>
    </message>
    <message>
        <source>The AI did not look for lesions: the images were not good enough for it</source>
        <translation>La IA no buscó lesiones: las imágenes no eran lo bastante buenas</translation>
    </message>
    <message>
        <source>No AI lesion to review</source>
        <translation>Ninguna lesión de la IA por revisar</translation>
    </message>
    <message>
        <source>All AI lesions reviewed ({taken} taken, {rejected} rejected)</source>
        <translation>Todas las lesiones de la IA revisadas ({taken} aceptadas, {rejected} rechazadas)</translation>
    </message>
    <message>
        <source>DCE present</source>
        <translation>DCE presente</translation>
    </message>
    <message>
        <source>DCE not acquired — assessed as biparametric</source>
        <translation>DCE no adquirido: valorado como biparamétrico</translation>
    </message>
    <message>
        <source>PI-QUAL {score} ({meaning}): PI-RADS categories should not be assigned</source>
        <translation>PI-QUAL {score} ({meaning}): no deberían asignarse categorías PI-RADS</translation>
    </message>
    <message>
        <source>PI-QUAL {score} ({meaning})</source>
        <translation>PI-QUAL {score} ({meaning})</translation>
    </message>
    <message>
        <source>Scores missing: {labels}</source>
        <translation>Faltan puntuaciones: {labels}</translation>
    </message>
    <message>
        <source>Every reported lesion has its category</source>
        <translation>Cada lesión informada tiene su categoría</translation>
    </message>
    <message>
        <source>No lesion is reported: you chose PI-RADS {category}</source>
        <translation>No se informa ninguna lesión: eligió PI-RADS {category}</translation>
    </message>
    <message>
        <source>No lesion is reported: {sentence}</source>
        <translation>No se informa ninguna lesión: {sentence}</translation>
    </message>
    <message>
        <source>choose PI-RADS X for the examination; the study has {lacking}</source>
        <translation>elija PI-RADS X para la exploración; el estudio tiene {lacking}</translation>
    </message>
    <message>
        <source>choose PI-RADS 1, 2 or X for the examination</source>
        <translation>elija PI-RADS 1, 2 o X para la exploración</translation>
    </message>
    <message>
        <source>PI-RADS rules consistent</source>
        <translation>Conforme con las reglas PI-RADS</translation>
    </message>
    <message>
        <source>Definite seminal vesicle invasion, but no lesion has definite EPE</source>
        <translation>Invasión definida de vesícula seminal, pero ninguna lesión tiene EPE definida</translation>
    </message>
    <message>
        <source>Definite metastasis, but no lesion of PI-RADS 3 or above</source>
        <translation>Metástasis definida, pero ninguna lesión PI-RADS 3 o superior</translation>
    </message>
    <message>
        <source>{count} lesions of PI-RADS 3 or above: four are named, without {labels}</source>
        <translation>{count} lesiones PI-RADS 3 o superior: se nombran cuatro, sin {labels}</translation>
    </message>
    <message>
        <source>What the AI found comes from other series than the study has now ({changes}): run the AI again.</source>
        <translation>Lo que encontró la IA procede de otras series que las que el estudio tiene ahora ({changes}): ejecute la IA de nuevo.</translation>
    </message>
    <message>
        <source>{role}: none, now {series}</source>
        <translation>{role}: antes ninguna, ahora {series}</translation>
    </message>
    <message>
        <source>{role}: {series}, now none</source>
        <translation>{role}: {series}, ahora ninguna</translation>
    </message>
    <message>
        <source>{role}: {before}, now {series}</source>
        <translation>{role}: {before}, ahora {series}</translation>
    </message>
    <message>
        <source>score 5 with {size} mm and no definite EPE</source>
        <translation>puntuación 5 con {size} mm y sin EPE definida</translation>
    </message>
    <message>
        <source>score 4 with definite EPE — 5 is expected</source>
        <translation>puntuación 4 con EPE definida: se espera 5</translation>
    </message>
    <message>
        <source>score 4 with {size} mm — 5 is expected</source>
        <translation>puntuación 4 con {size} mm: se espera 5</translation>
    </message>
    <message>
        <source>lies in the {zone} ({sector}) but is scored as {scored_as}, where {decides} decides</source>
        <translation>está en la {zone} ({sector}) pero se puntúa como {scored_as}, donde decide {decides}</translation>
    </message>
    <message>
        <source>lies in a seminal vesicle, for which PI-RADS has no rules</source>
        <translation>está en una vesícula seminal, para la que PI-RADS no tiene reglas</translation>
    </message>
    <message>
        <source>lies in the external urethral sphincter, for which PI-RADS has no rules</source>
        <translation>está en el esfínter uretral externo, para el que PI-RADS no tiene reglas</translation>
    </message>
    <message>
        <source>TZ lesion given {category}, its DWI score, though T2W decides in the TZ</source>
        <translation>lesión TZ con {category}, su puntuación de DWI, aunque en la TZ decide T2W</translation>
    </message>
    <message>
        <source>DCE would decide and is scored X though the study has DCE</source>
        <translation>DCE decidiría y está puntuado X aunque el estudio tiene DCE</translation>
    </message>
    <message>
        <source>DCE positive though the study has no DCE</source>
        <translation>DCE positivo aunque el estudio no tiene DCE</translation>
    </message>
    <message>
        <source>DCE negative though the study has no DCE</source>
        <translation>DCE negativo aunque el estudio no tiene DCE</translation>
    </message>
    <message>
        <source>DWI {score} though the study has no diffusion-weighted images</source>
        <translation>DWI {score} aunque el estudio no tiene imágenes potenciadas en difusión</translation>
    </message>
    <message>
        <source>T2W is scored X: the category rests on DWI alone</source>
        <translation>T2W está puntuado X: la categoría se basa solo en DWI</translation>
    </message>
    <message>
        <source>PZ lesion measured on axial T2 though there is an ADC map</source>
        <translation>lesión PZ medida en T2 axial aunque hay mapa ADC</translation>
    </message>
    <message>
        <source>TZ lesion measured on ADC though PI-RADS measures it on axial T2</source>
        <translation>lesión TZ medida en ADC aunque PI-RADS la mide en T2 axial</translation>
    </message>
    <message>
        <source>PI-RADS has no rules for {place}; scored by those of {zone}, where it likely arose.</source>
        <translation>PI-RADS no tiene reglas para {place}; se puntúa con las de {zone}, donde probablemente surgió.</translation>
    </message>
    <message>
        <source>Lesions of {place} mostly arise in {zone}, so its rules are used (likely origin).</source>
        <translation>Las lesiones de {place} suelen surgir en {zone}, por lo que se usan sus reglas (origen probable).</translation>
    </message>
    <message>
        <source>Lesions of {place} may arise in {zone}, so its rules are used (likely origin).</source>
        <translation>Las lesiones de {place} pueden surgir en {zone}, por lo que se usan sus reglas (origen probable).</translation>
    </message>
    <message>
        <source>the peripheral zone</source>
        <translation>la zona periférica</translation>
    </message>
    <message>
        <source>the transition zone</source>
        <translation>la zona de transición</translation>
    </message>
    <message>
        <source>the central zone</source>
        <translation>la zona central</translation>
    </message>
    <message>
        <source>the anterior fibromuscular stroma</source>
        <translation>el estroma fibromuscular anterior</translation>
    </message>
    <message>
        <source>a seminal vesicle</source>
        <translation>una vesícula seminal</translation>
    </message>
    <message>
        <source>the external urethral sphincter</source>
        <translation>el esfínter uretral externo</translation>
    </message>
    <message>
        <source>axial T2</source>
        <translation>T2 axial</translation>
    </message>
    <message>
        <source>sagittal T2</source>
        <translation>T2 sagital</translation>
    </message>
    <message>
        <source>coronal T2</source>
        <translation>T2 coronal</translation>
    </message>
    <message>
        <source>ADC map</source>
        <translation>mapa ADC</translation>
    </message>
    <message>
        <source>high-b image</source>
        <translation>imagen de b alto</translation>
    </message>
    <message>
        <source>high-b DWI</source>
        <translation>DWI de b alto</translation>
    </message>
    <message>
        <source>T2 axial</source>
        <translation>T2 axial</translation>
    </message>
    <message>
        <source>T2 sagittal</source>
        <translation>T2 sagital</translation>
    </message>
    <message>
        <source>T2 coronal</source>
        <translation>T2 coronal</translation>
    </message>
    <message>
        <source>DWI b {b} (calc)</source>
        <translation>DWI b {b} (calculado)</translation>
    </message>
    <message>
        <source>ADC (fitted)</source>
        <translation>ADC (calculado)</translation>
    </message>
    <message>
        <source>Right base {region}</source>
        <translation>Base derecha {region}</translation>
    </message>
    <message>
        <source>Right mid {region}</source>
        <translation>Medio derecho {region}</translation>
    </message>
    <message>
        <source>Right apex {region}</source>
        <translation>Ápex derecho {region}</translation>
    </message>
    <message>
        <source>Left base {region}</source>
        <translation>Base izquierda {region}</translation>
    </message>
    <message>
        <source>Left mid {region}</source>
        <translation>Medio izquierdo {region}</translation>
    </message>
    <message>
        <source>Left apex {region}</source>
        <translation>Ápex izquierdo {region}</translation>
    </message>
    <message>
        <source>Right seminal vesicle</source>
        <translation>Vesícula seminal derecha</translation>
    </message>
    <message>
        <source>Left seminal vesicle</source>
        <translation>Vesícula seminal izquierda</translation>
    </message>
    <message>
        <source>Male external urethral sphincter</source>
        <translation>Esfínter uretral externo</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>Base</translation>
    </message>
    <message>
        <source>Mid</source>
        <translation>Medio</translation>
    </message>
    <message>
        <source>Apex</source>
        <translation>Ápex</translation>
    </message>
    <message>
        <source>diagnostic</source>
        <translation>diagnóstica</translation>
    </message>
    <message>
        <source>limited</source>
        <translation>limitada</translation>
    </message>
    <message>
        <source>inadequate</source>
        <translation>inadecuada</translation>
    </message>
    <message>
        <source>acceptable</source>
        <translation>aceptable</translation>
    </message>
    <message>
        <source>optimal</source>
        <translation>óptima</translation>
    </message>
    <message>
        <source>Axial slices of 3 mm or less</source>
        <translation>Cortes axiales de 3 mm o menos</translation>
    </message>
    <message>
        <source>Axial: adequate signal-to-noise ratio throughout</source>
        <translation>Axial: relación señal-ruido adecuada en todo el volumen</translation>
    </message>
    <message>
        <source>Axial: capsule, vesicles, ducts, bundles and sphincter clearly seen</source>
        <translation>Axial: cápsula, vesículas, conductos, haces y esfínter bien visibles</translation>
    </message>
    <message>
        <source>Axial: no disturbing artefacts</source>
        <translation>Axial: sin artefactos molestos</translation>
    </message>
    <message>
        <source>Sagittal or coronal images of adequate quality</source>
        <translation>Imágenes sagitales o coronales de calidad adecuada</translation>
    </message>
    <message>
        <source>Slices ≤ 4 mm, b ≥ 1400, ADC from two or more b ≤ 1000</source>
        <translation>Cortes ≤ 4 mm, b ≥ 1400, ADC de dos o más b ≤ 1000</translation>
    </message>
    <message>
        <source>Adequate signal-to-noise ratio</source>
        <translation>Relación señal-ruido adecuada</translation>
    </message>
    <message>
        <source>ADC map: gland and zones clearly seen</source>
        <translation>Mapa ADC: próstata y zonas bien visibles</translation>
    </message>
    <message>
        <source>No disturbing distortion or artefacts</source>
        <translation>Sin distorsión ni artefactos molestos</translation>
    </message>
    <message>
        <source>Slices cover the gland as T2W does</source>
        <translation>Los cortes cubren la próstata como T2W</translation>
    </message>
    <message>
        <source>Slices of 3 mm or less, ≤ 15 s per phase</source>
        <translation>Cortes de 3 mm o menos, ≤ 15 s por fase</translation>
    </message>
    <message>
        <source>Vessels and enhancement clearly seen</source>
        <translation>Vasos y realce bien visibles</translation>
    </message>
    <message>
        <source>No disturbing artefacts</source>
        <translation>Sin artefactos molestos</translation>
    </message>
    <message>
        <source>ADC in its core is {adc} × 10⁻⁶ mm²/s, {share} of the gland&apos;s median and {levelled} once the gland is brought to the published level: {added} (published: cancer in the {zone} {cancer}, benign {benign}).</source>
        <translation>El ADC en su centro es {adc} × 10⁻⁶ mm²/s, {share} de la mediana de la próstata y {levelled} una vez llevada la próstata al nivel publicado: {added} (publicado: cáncer en la {zone} {cancer}, benigno {benign}).</translation>
    </message>
    <message>
        <source>There is no high-b image, so low ADC alone decides.</source>
        <translation>No hay imagen de b alto, por lo que decide solo el ADC bajo.</translation>
    </message>
    <message>
        <source>At b {b} its core is {times} times as bright as the {zone} at large, which confirms the low ADC: {added} (a typical cancer is {typical} times).</source>
        <translation>Con b {b} su centro es {times} veces más brillante que la {zone} en conjunto, lo que confirma el ADC bajo: {added} (un cáncer típico: {typical} veces).</translation>
    </message>
    <message>
        <source>At b {b} its core is {times} times as bright as the {zone} at large, too little to confirm the low ADC: {added} (a typical cancer is {typical} times).</source>
        <translation>Con b {b} su centro es {times} veces más brillante que la {zone} en conjunto, demasiado poco para confirmar el ADC bajo: {added} (un cáncer típico: {typical} veces).</translation>
    </message>
    <message>
        <source>Significant cancers lie here {times} times as often as on average over the gland: {added}.</source>
        <translation>Los cánceres significativos están aquí {times} veces más a menudo que en promedio en la próstata: {added}.</translation>
    </message>
    <message>
        <source>Its volume is {volume} mL; {share} of expert-drawn cancers are no larger: {added}.</source>
        <translation>Su volumen es {volume} mL; el {share} de los cánceres delineados por expertos no son mayores: {added}.</translation>
    </message>
    <message>
        <source>It lies near the outline of the gland, where neighbouring tissue mixes in: {added}.</source>
        <translation>Está cerca del contorno de la próstata, donde se mezcla tejido vecino: {added}.</translation>
    </message>
    <message>
        <source>Before looking, {share} of gland tissue is significant cancer: {added}.</source>
        <translation>Antes de mirar, el {share} del tejido prostático es cáncer significativo: {added}.</translation>
    </message>
    <message>
        <source>Reading the images</source>
        <translation>Leyendo las imágenes</translation>
    </message>
    <message>
        <source>Segmenting the prostate</source>
        <translation>Segmentando la próstata</translation>
    </message>
    <message>
        <source>Registering to T2</source>
        <translation>Registrando con T2</translation>
    </message>
    <message>
        <source>Drawing the zones</source>
        <translation>Dibujando las zonas</translation>
    </message>
    <message>
        <source>Checking the image quality</source>
        <translation>Comprobando la calidad de imagen</translation>
    </message>
    <message>
        <source>Looking for lesions</source>
        <translation>Buscando lesiones</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Midiendo</translation>
    </message>
    <message>
        <source>Preparing the images for the model</source>
        <translation>Preparando las imágenes para el modelo</translation>
    </message>
    <message>
        <source>Running the model</source>
        <translation>Ejecutando el modelo</translation>
    </message>
    <message>
        <source>Bringing back what the model says</source>
        <translation>Recuperando lo que dice el modelo</translation>
    </message>
    <message>
        <source>Registering</source>
        <translation>Registrando</translation>
    </message>
    <message>
        <source>Computing the contrast maps</source>
        <translation>Calculando los mapas de contraste</translation>
    </message>
    <message>
        <source>Reading the study</source>
        <translation>Leyendo el estudio</translation>
    </message>
    <message>
        <source>Loading {title}</source>
        <translation>Cargando {title}</translation>
    </message>
    <message>
        <source>Copying {n} of {all} images</source>
        <translation>Copiando {n} de {all} imágenes</translation>
    </message>
    <message>
        <source>{n} of {all} images</source>
        <translation>{n} de {all} imágenes</translation>
    </message>
    <message>
        <source>{n} of {all} objects</source>
        <translation>{n} de {all} objetos</translation>
    </message>
    <message>
        <source>asking {archive}</source>
        <translation>preguntando a {archive}</translation>
    </message>
    <message>
        <source>waiting for {archive}</source>
        <translation>esperando a {archive}</translation>
    </message>
    <message>
        <source>waiting for another retrieve of this study</source>
        <translation>esperando otra recuperación de este estudio</translation>
    </message>
    <message>
        <source>Storing: {object}</source>
        <translation>Almacenando: {object}</translation>
    </message>
    <message>
        <source>Asking {archive} to answer for it</source>
        <translation>Pidiendo a {archive} que responda de ello</translation>
    </message>
    <message>
        <source>Reading the report back</source>
        <translation>Releyendo el informe</translation>
    </message>
    <message>
        <source>Stored and proven</source>
        <translation>Almacenado y comprobado</translation>
    </message>
    <message>
        <source>Structured report (SR, signed)</source>
        <translation>Informe estructurado (SR, firmado)</translation>
    </message>
    <message>
        <source>Lesion &amp; gland segmentation</source>
        <translation>Segmentación (lesiones, próstata)</translation>
    </message>
    <message>
        <source>Colour overlay series</source>
        <translation>Serie de superposición en color</translation>
    </message>
    <message>
        <source>Report (PDF)</source>
        <translation>Informe (PDF)</translation>
    </message>
    <message>
        <source>Outlines &amp; drawings</source>
        <translation>Contornos y dibujos</translation>
    </message>
    <message>
        <source>AI suspicion map</source>
        <translation>Mapa de sospecha de la IA</translation>
    </message>
    <message>
        <source>Outlines for OHIF (SR, signed)</source>
        <translation>Contornos para OHIF (SR, firmado)</translation>
    </message>
    <message>
        <source>Text report (SR, signed)</source>
        <translation>Informe de texto (SR, firmado)</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>listo</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>almacenado</translation>
    </message>
    <message>
        <source>sending…</source>
        <translation>enviando…</translation>
    </message>
    <message>
        <source>✔ verified</source>
        <translation>✔ verificado</translation>
    </message>
    <message>
        <source>✖ failed</source>
        <translation>✖ fallido</translation>
    </message>
    <message>
        <source>A drawing on the images is sent with the report (GSPS)</source>
        <translation>Un dibujo en las imágenes se envía con el informe (GSPS)</translation>
    </message>
    <message>
        <source>{count} drawings on the images are sent with the report (GSPS)</source>
        <translation>{count} dibujos en las imágenes se envían con el informe (GSPS)</translation>
    </message>
    <message>
        <source>A drawing on the images is shown in Prosector only: write in the report what others should know</source>
        <translation>Un dibujo en las imágenes solo se ve en Prosector: escriba en el informe lo que otros deban saber</translation>
    </message>
    <message>
        <source>{count} drawings on the images are shown in Prosector only: write in the report what others should know</source>
        <translation>{count} dibujos en las imágenes solo se ven en Prosector: escriba en el informe lo que otros deban saber</translation>
    </message>
    <message>
        <source>The study has no accession number: the report is stored without one and found by its patient and study</source>
        <translation>El estudio no tiene número de acceso: el informe se almacena sin él y se encuentra por paciente y estudio</translation>
    </message>
    <message>
        <source>Normal central zone</source>
        <translation>Zona central normal</translation>
    </message>
    <message>
        <source>Typical BPH nodule</source>
        <translation>Nódulo de HBP típico</translation>
    </message>
    <message>
        <source>Haemorrhage after biopsy</source>
        <translation>Hemorragia tras biopsia</translation>
    </message>
    <message>
        <source>Inflammation or prostatitis</source>
        <translation>Inflamación o prostatitis</translation>
    </message>
    <message>
        <source>Normal anterior fibromuscular stroma</source>
        <translation>Estroma fibromuscular anterior normal</translation>
    </message>
    <message>
        <source>Artefact</source>
        <translation>Artefacto</translation>
    </message>
    <message>
        <source>Outside the prostate</source>
        <translation>Fuera de la próstata</translation>
    </message>
    <message>
        <source>Benign: diffuse or wedge-shaped change</source>
        <translation>Benigno: cambio difuso o en cuña</translation>
    </message>
    <message>
        <source>overview</source>
        <translation>vista general</translation>
    </message>
    <message>
        <source>diffusion</source>
        <translation>difusión</translation>
    </message>
    <message>
        <source>T2 in three planes</source>
        <translation>T2 en tres planos</translation>
    </message>
    <message>
        <source>Compare with prior</source>
        <translation>Comparar con el previo</translation>
    </message>
    <message>
        <source>T2 and diffusion over the prior&apos;s</source>
        <translation>T2 y difusión sobre las del previo</translation>
    </message>
    <message>
        <source>axial T2 beside the prior&apos;s</source>
        <translation>T2 axial junto al del previo</translation>
    </message>
    <message>
        <source>MPR + 3D</source>
        <translation>MPR + 3D</translation>
    </message>
    <message>
        <source>MPR, 3D and axial T2</source>
        <translation>MPR, 3D y T2 axial</translation>
    </message>
    <message>
        <source>PI-RADS 3×3 with DCE</source>
        <translation>PI-RADS 3×3 con DCE</translation>
    </message>
    <message>
        <source>T2, diffusion, DCE phases and curve</source>
        <translation>T2, difusión, fases DCE y curva</translation>
    </message>
    <message>
        <source>PI-RADS 4-up</source>
        <translation>PI-RADS 4 vistas</translation>
    </message>
    <message>
        <source>T2, diffusion, contrast</source>
        <translation>T2, difusión, contraste</translation>
    </message>
    <message>
        <source>PI-RADS 6-up</source>
        <translation>PI-RADS 6 vistas</translation>
    </message>
    <message>
        <source>T2 over diffusion and contrast</source>
        <translation>T2 sobre difusión y contraste</translation>
    </message>
    <message>
        <source>No {series} in this study</source>
        <translation>Sin {series} en este estudio</translation>
    </message>
    <message>
        <source>No ADC in this study</source>
        <translation>Sin ADC en este estudio</translation>
    </message>
    <message>
        <source>No ADC in the prior study</source>
        <translation>Sin ADC en el estudio previo</translation>
    </message>
    <message>
        <source>No high-b DWI in the prior study</source>
        <translation>Sin DWI de b alto en el estudio previo</translation>
    </message>
    <message>
        <source>No high-b DWI in this study</source>
        <translation>Sin DWI de b alto en este estudio</translation>
    </message>
    <message>
        <source>No acquired DWI besides the high-b image</source>
        <translation>Ningún DWI adquirido aparte de la imagen de b alto</translation>
    </message>
    <message>
        <source>No {series} in the prior study</source>
        <translation>Sin {series} en el estudio previo</translation>
    </message>
    <message>
        <source>Research use only — not a medical device</source>
        <translation>Solo para investigación; no es un producto sanitario</translation>
    </message>
    <message>
        <source>Picture of {series}</source>
        <translation>Imagen de {series}</translation>
    </message>
    <message>
        <source>, then {what}</source>
        <translation>, después: {what}</translation>
    </message>
</context>
</TS>
