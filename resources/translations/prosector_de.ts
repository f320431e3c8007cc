<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_GB">
<context>
    <name></name>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Text on the image:</source>
        <translation>Text auf dem Bild:</translation>
    </message>
    <message>
        <source>{title} names no frame of reference, so that a drawing on it would have no place in the patient.</source>
        <translation>{title} nennt kein Bezugssystem; eine Zeichnung darauf hätte keinen Ort im Patienten.</translation>
    </message>
    <message>
        <source>The picture is a slab of {thickness_mm:.0f} mm, and the statistics of a region are those of a thin plane; set the slab to thin first.</source>
        <translation>Das Bild ist ein Slab von {thickness_mm:.0f} mm, die Statistik einer Region gilt aber für eine dünne Ebene; stellen Sie den Slab zuerst auf dünn.</translation>
    </message>
    <message>
        <source>Your choices of layouts</source>
        <translation>Ihre Layouteinstellungen</translation>
    </message>
    <message>
        <source>Your choices of layouts start anew</source>
        <translation>Ihre Layouteinstellungen beginnen neu</translation>
    </message>
    <message>
        <source>start anew</source>
        <translation>sie beginnen neu</translation>
    </message>
    <message>
        <source>Calculated high b-value</source>
        <translation>Berechneter hoher b-Wert</translation>
    </message>
    <message>
        <source>Calculated b-value in s/mm²</source>
        <translation>Berechneter b-Wert in s/mm²</translation>
    </message>
    <message>
        <source>calculated b = {b_value:.0f}</source>
        <translation>berechnet b = {b_value:.0f}</translation>
    </message>
    <message>
        <source>S(b) from b {base:g} s/mm² and the ADC, mono-exponential; not an acquired image.</source>
        <translation>S(b) aus b {base:g} s/mm² und dem ADC, monoexponentiell; kein aufgenommenes Bild.</translation>
    </message>
    <message>
        <source>Gland</source>
        <translation>Prostata</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>Zonen</translation>
    </message>
    <message>
        <source>Lesions</source>
        <translation>Läsionen</translation>
    </message>
    <message>
        <source>Axial cut</source>
        <translation>Axialer Schnitt</translation>
    </message>
    <message>
        <source>Sagittal cut</source>
        <translation>Sagittaler Schnitt</translation>
    </message>
    <message>
        <source>Coronal cut</source>
        <translation>Koronarer Schnitt</translation>
    </message>
    <message>
        <source>Se {value} · {across:.2f}×{down:.2f}×{thickness:.1f} mm</source>
        <translation>Se {value} · {across:.2f}×{down:.2f}×{thickness:.1f} mm</translation>
    </message>
    <message>
        <source>inverted</source>
        <translation>invertiert</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>Phase</translation>
    </message>
    <message>
        <source>Phases per second</source>
        <translation>Phasen pro Sekunde</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Place the crosshair on the DCE.</source>
        <translation>Setzen Sie das Fadenkreuz auf die DCE.</translation>
    </message>
    <message>
        <source>no type</source>
        <translation>kein Typ</translation>
    </message>
    <message>
        <source>TTP s</source>
        <translation>TTP s</translation>
    </message>
    <message>
        <source>no enhancement</source>
        <translation>keine Anreicherung</translation>
    </message>
    <message>
        <source>{types}, peak {peak_percent:.0f} % after {time_to_peak_s:.0f} s, wash-in {wash_in:.1f} % per second, wash-out {wash_out:.0f} % per minute</source>
        <translation>{types}, Maximum {peak_percent:.0f} % nach {time_to_peak_s:.0f} s, Wash-in {wash_in:.1f} % pro Sekunde, Wash-out {wash_out:.0f} % pro Minute</translation>
    </message>
    <message>
        <source>Enhancement over time. {told}</source>
        <translation>Anreicherung im Zeitverlauf. {told}</translation>
    </message>
    <message>
        <source>Time after the first phase (s)</source>
        <translation>Zeit nach der ersten Phase (s)</translation>
    </message>
    <message>
        <source>Enhancement (%)</source>
        <translation>Anreicherung (%)</translation>
    </message>
    <message>
        <source>Loading the dynamic series …</source>
        <translation>Dynamische Serie wird geladen …</translation>
    </message>
    <message>
        <source>This study has no dynamic contrast-enhanced series.</source>
        <translation>Diese Untersuchung hat keine dynamische kontrastverstärkte Serie.</translation>
    </message>
    <message>
        <source>Cursor</source>
        <translation>Zeiger</translation>
    </message>
    <message>
        <source>Region {number}</source>
        <translation>Region {number}</translation>
    </message>
    <message>
        <source>{most} lesions and the {most} newest regions have curves; there is none of {names}.</source>
        <translation>{most} Läsionen und die {most} neuesten Regionen haben Kurven; keine gibt es von {names}.</translation>
    </message>
    <message>
        <source>The DCE ({named})</source>
        <translation>Die DCE ({named})</translation>
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
        <translation>Time-to-Peak</translation>
    </message>
    <message>
        <source>The contrast maps are not computed yet.</source>
        <translation>Die Kontrastmittelkarten sind noch nicht berechnet.</translation>
    </message>
    <message>
        <source>Phase {value} / {len} · {times_s:.0f} s</source>
        <translation>Phase {value} / {len} · {times_s:.0f} s</translation>
    </message>
    <message>
        <source>phase {number} ({time_s:.0f} s)</source>
        <translation>Phase {number} ({time_s:.0f} s)</translation>
    </message>
    <message>
        <source>DCE subtraction</source>
        <translation>DCE-Subtraktion</translation>
    </message>
    <message>
        <source>{series}, calculated</source>
        <translation>{series}, berechnet</translation>
    </message>
    <message>
        <source>The images of one phase</source>
        <translation>Die Bilder einer Phase</translation>
    </message>
    <message>
        <source>Subtr.</source>
        <translation>Subtr.</translation>
    </message>
    <message>
        <source>A phase less those before contrast agent</source>
        <translation>Eine Phase abzüglich der Phasen vor Kontrastmittel</translation>
    </message>
    <message>
        <source>Wash-in: how fast the signal rises to its peak, in % per second</source>
        <translation>Wash-in: wie schnell das Signal bis zum Maximum ansteigt, in % pro Sekunde</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Out</translation>
    </message>
    <message>
        <source>Wash-out: how fast it falls after the peak, in % per minute</source>
        <translation>Wash-out: wie schnell es nach dem Maximum abfällt, in % pro Minute</translation>
    </message>
    <message>
        <source>Time from onset to nine tenths of the peak, in seconds</source>
        <translation>Zeit vom Beginn des Anstiegs bis zu neun Zehnteln des Maximums, in Sekunden</translation>
    </message>
    <message>
        <source>Check the match, e.g. with the swipe of the fusion, before you measure in it.</source>
        <translation>Prüfen Sie die Übereinstimmung, z. B. mit dem Swipe der Fusion, bevor Sie darin messen.</translation>
    </message>
    <message>
        <source>{title} is not linked, so there is nothing to undo.</source>
        <translation>{title} ist nicht verknüpft, es gibt also nichts zu lösen.</translation>
    </message>
    <message>
        <source>{series_in_words} is no longer linked; it carries no overlays and is not measured.</source>
        <translation>{series_in_words} ist nicht mehr verknüpft; die Serie trägt keine Overlays und wird nicht vermessen.</translation>
    </message>
    <message>
        <source>{title} is linked already; unlink it before you anchor it again.</source>
        <translation>{title} ist bereits verknüpft; lösen Sie die Verknüpfung, bevor Sie die Serie neu verankern.</translation>
    </message>
    <message>
        <source>Anchoring {series_in_words}: put the crosshair on a place in the T2 that you recognise in both, then click that place in the series. Esc stops.</source>
        <translation>{series_in_words} wird verankert: Setzen Sie das Fadenkreuz in der T2 auf eine Stelle, die Sie in beiden wiedererkennen, und klicken Sie dann diese Stelle in der Serie an. Esc bricht ab.</translation>
    </message>
    <message>
        <source>{series_in_words} is anchored where you marked it: shifted, not turned. {check}</source>
        <translation>{series_in_words} ist dort verankert, wo Sie markiert haben: verschoben, nicht gedreht. {check}</translation>
    </message>
    <message>
        <source>The registration of {series_in_words} was stopped; nothing was changed.</source>
        <translation>Die Registrierung von {series_in_words} wurde abgebrochen; nichts wurde geändert.</translation>
    </message>
    <message>
        <source>{series_in_words} is being registered onto the axial T2; its chip tells how far, and stops it.</source>
        <translation>{series_in_words} wird auf die axiale T2 registriert; der Chip zeigt den Fortschritt und bricht ab.</translation>
    </message>
    <message>
        <source>{series_in_words} was moved while it was being registered; register it once more.</source>
        <translation>{series_in_words} wurde während der Registrierung verschoben; registrieren Sie die Serie noch einmal.</translation>
    </message>
    <message>
        <source>: {in_words} (higher is better)</source>
        <translation>: {in_words} (höher ist besser)</translation>
    </message>
    <message>
        <source>registered onto the axial T2, turned by {turn_deg:.1f}°{score}</source>
        <translation>auf die axiale T2 registriert, um {turn_deg:.1f}° gedreht{score}</translation>
    </message>
    <message>
        <source>Click the chip to anchor the series at a place that you recognise in both, or to register it.</source>
        <translation>Klicken Sie auf den Chip, um die Serie an einer Stelle zu verankern, die Sie in beiden wiedererkennen, oder um sie zu registrieren.</translation>
    </message>
    <message>
        <source>Check the match at more than one place before you trust it. Click the chip to unlink the series</source>
        <translation>Prüfen Sie die Übereinstimmung an mehr als einer Stelle, bevor Sie ihr vertrauen. Klicken Sie auf den Chip, um die Verknüpfung der Serie zu lösen</translation>
    </message>
    <message>
        <source>Other frame</source>
        <translation>Anderer Bezug</translation>
    </message>
    <message>
        <source>Anchored</source>
        <translation>Verankert</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>Registriert</translation>
    </message>
    <message>
        <source>Anchored at one place: it was shifted, not turned.</source>
        <translation>An einer Stelle verankert: verschoben, nicht gedreht.</translation>
    </message>
    <message>
        <source> or to register it.</source>
        <translation> oder sie zu registrieren.</translation>
    </message>
    <message>
        <source>Registered: shifted and turned by {turn_deg:.1f}°{score}.</source>
        <translation>Registriert: verschoben und um {turn_deg:.1f}° gedreht{score}.</translation>
    </message>
    <message>
        <source>{title} was acquired in another frame of reference. {how} Crosshair, overlays and measures in it </source>
        <translation>{title} wurde in einem anderen Bezugssystem aufgenommen. {how} Fadenkreuz, Overlays und Messungen darin </translation>
    </message>
    <message>
        <source>{told}are mapped so. {check}{more}</source>
        <translation>{told}werden entsprechend übertragen. {check}{more}</translation>
    </message>
    <message>
        <source>was acquired in another frame of reference than {title}</source>
        <translation>wurde in einem anderen Bezugssystem aufgenommen als {title}</translation>
    </message>
    <message>
        <source>names no frame of reference</source>
        <translation>nennt kein Bezugssystem</translation>
    </message>
    <message>
        <source>It cannot be linked: the study has no axial T2 to lay it on.</source>
        <translation>Die Serie kann nicht verknüpft werden: Die Untersuchung hat keine axiale T2, auf die sie gelegt werden könnte.</translation>
    </message>
    <message>
        <source>{title} {why}, so the crosshair does not follow in it and it carries no overlays. {how}</source>
        <translation>{title} {why}; das Fadenkreuz folgt dort daher nicht, und die Serie trägt keine Overlays. {how}</translation>
    </message>
    <message>
        <source>Anchor here: the crosshair of the T2 marks this place</source>
        <translation>Hier verankern: das Fadenkreuz der T2 markiert diese Stelle</translation>
    </message>
    <message>
        <source>Anchor: click the place that the T2&apos;s crosshair marks</source>
        <translation>Verankern: die Stelle anklicken, die das Fadenkreuz der T2 markiert</translation>
    </message>
    <message>
        <source>Stop registering</source>
        <translation>Registrierung abbrechen</translation>
    </message>
    <message>
        <source>Register onto the axial T2</source>
        <translation>Auf die axiale T2 registrieren</translation>
    </message>
    <message>
        <source>Unlink</source>
        <translation>Verknüpfung lösen</translation>
    </message>
    <message>
        <source>The AI&apos;s map</source>
        <translation>Die KI-Karte</translation>
    </message>
    <message>
        <source>AI suspicion</source>
        <translation>KI-Verdacht</translation>
    </message>
    <message>
        <source>Nothing can be laid over: the study has no axial T2 that can be read.</source>
        <translation>Es kann nichts überlagert werden: Die Untersuchung hat keine lesbare axiale T2.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>Mischen</translation>
    </message>
    <message>
        <source>Blend: colours over the image</source>
        <translation>Überblenden: Farben über dem Bild</translation>
    </message>
    <message>
        <source>Swipe</source>
        <translation>Wischen</translation>
    </message>
    <message>
        <source>Swipe: side by side at a divider that can be dragged</source>
        <translation>Swipe: nebeneinander an einer ziehbaren Trennlinie</translation>
    </message>
    <message>
        <source>Checker</source>
        <translation>Schach</translation>
    </message>
    <message>
        <source>Checkerboard, to check the alignment</source>
        <translation>Schachbrett, zur Kontrolle der Ausrichtung</translation>
    </message>
    <message>
        <source>Image laid over the T2 images</source>
        <translation>Über die T2-Bilder gelegtes Bild</translation>
    </message>
    <message>
        <source>First colour at</source>
        <translation>Erste Farbe bei</translation>
    </message>
    <message>
        <source>Last at</source>
        <translation>Letzte bei</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Divider</source>
        <translation>Trennlinie</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>{word} in percent</source>
        <translation>{word} in Prozent</translation>
    </message>
    <message>
        <source>{word} in millimetres</source>
        <translation>{word} in Millimetern</translation>
    </message>
    <message>
        <source>used</source>
        <translation>verwendet</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>nicht verwendet</translation>
    </message>
    <message>
        <source>Alignment of DWI to T2, mutual information: {before} → {after} ({used})</source>
        <translation>Ausrichtung der DWI auf T2, Transinformation: {before} → {after} ({used})</translation>
    </message>
    <message>
        <source>bent in the gland by up to {mm} mm → {score}</source>
        <translation>in der Prostata um bis zu {mm} mm verformt → {score}</translation>
    </message>
    <message>
        <source>Colour map</source>
        <translation>Farbskala</translation>
    </message>
    <message>
        <source>phase 1</source>
        <translation>Phase 1</translation>
    </message>
    <message>
        <source>Bent onto T2 in the gland by the AI, by up to {mm} mm.</source>
        <translation>Von der KI in der Prostata um bis zu {mm} mm auf T2 verformt.</translation>
    </message>
    <message>
        <source>Se {value} · {columns} × {rows} pixels</source>
        <translation>Se {value} · {columns} × {rows} Pixel</translation>
    </message>
    <message>
        <source>Prior {day}</source>
        <translation>Vorunters. {day}</translation>
    </message>
    <message>
        <source>All pixels of {title} are 0.</source>
        <translation>Alle Pixel von {title} sind 0.</translation>
    </message>
    <message>
        <source>{title} names no frame of reference, so it is not linked and carries no overlays.</source>
        <translation>{title} nennt kein Bezugssystem; die Serie ist daher nicht verknüpft und trägt keine Overlays.</translation>
    </message>
    <message>
        <source>{title} is in another frame of reference than {title_2}, so it is not linked.</source>
        <translation>{title} liegt in einem anderen Bezugssystem als {title_2} und ist daher nicht verknüpft.</translation>
    </message>
    <message>
        <source>Drag a series here</source>
        <translation>Serie hierher ziehen</translation>
    </message>
    <message>
        <source>Prior {prior} · {title}</source>
        <translation>Vorunters. {prior} · {title}</translation>
    </message>
    <message>
        <source>Grid {rows} × {columns}</source>
        <translation>Raster {rows} × {columns}</translation>
    </message>
    <message>
        <source>{title}: {len} of {len_2} series hang in it.</source>
        <translation>{title}: {len} von {len_2} Serien hängen darin.</translation>
    </message>
    <message>
        <source>{listed} are all here</source>
        <translation>{listed} sind alle da</translation>
    </message>
    <message>
        <source>{listed} are here</source>
        <translation>{listed} sind da</translation>
    </message>
    <message>
        <source>{listed} is here</source>
        <translation>{listed} ist da</translation>
    </message>
    <message>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message>
        <source>this study has no {listed}</source>
        <translation>in dieser Untersuchung fehlt: {listed}</translation>
    </message>
    <message>
        <source>or</source>
        <translation>oder</translation>
    </message>
    <message>
        <source> last phase</source>
        <translation> letzte Phase</translation>
    </message>
    <message>
        <source> phase {n}</source>
        <translation> Phase {n}</translation>
    </message>
    <message>
        <source>prior </source>
        <translation>vorheriges </translation>
    </message>
    <message>
        <source>Something unexpected went wrong, and this step was not done. Nothing that you entered is lost. Please try again; if it happens again, send the log file to whoever looks after Prosector here.</source>
        <translation>Ein unerwarteter Fehler ist aufgetreten, und dieser Schritt wurde nicht ausgeführt. Ihre Eingaben sind nicht verloren. Bitte versuchen Sie es erneut; tritt der Fehler wieder auf, senden Sie die Logdatei an die Person, die Prosector hier betreut.</translation>
    </message>
    <message>
        <source>{instead}: {path} cannot be read ({strerror}).</source>
        <translation>{instead}: {path} kann nicht gelesen werden ({strerror}).</translation>
    </message>
    <message>
        <source>{instead}: {path} is damaged and cannot be kept ({strerror}).</source>
        <translation>{instead}: {path} ist beschädigt und kann nicht aufbewahrt werden ({strerror}).</translation>
    </message>
    <message>
        <source>{whose} were damaged and {damaged}; the old file is kept as {aside}.</source>
        <translation>{whose} waren beschädigt; {damaged}. Die alte Datei bleibt als {aside} erhalten.</translation>
    </message>
    <message>
        <source>Worklist</source>
        <translation>Arbeitsliste</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>search for a patient</source>
        <translation>einen Patienten suchen</translation>
    </message>
    <message>
        <source>query again</source>
        <translation>erneut abfragen</translation>
    </message>
    <message>
        <source>import a study from a folder</source>
        <translation>eine Untersuchung aus einem Ordner importieren</translation>
    </message>
    <message>
        <source>claim the chosen study, or give it back; ask to take it from another reader</source>
        <translation>die gewählte Untersuchung übernehmen oder freigeben; fragen, ob sie einem anderen abgenommen wird</translation>
    </message>
    <message>
        <source>filter the list by words</source>
        <translation>die Liste nach Wörtern filtern</translation>
    </message>
    <message>
        <source>show only studies without a final report, and all again</source>
        <translation>nur Untersuchungen ohne endgültigen Befund zeigen, und wieder alle</translation>
    </message>
    <message>
        <source>show only studies that you have claimed, and all again</source>
        <translation>nur von Ihnen übernommene Untersuchungen zeigen, und wieder alle</translation>
    </message>
    <message>
        <source>dashboard: what signed reports and runs of the AI teach</source>
        <translation>Übersicht: was signierte Befunde und KI-Läufe lehren</translation>
    </message>
    <message>
        <source>run the AI on the open study</source>
        <translation>die KI auf die geöffnete Untersuchung anwenden</translation>
    </message>
    <message>
        <source>next lesion, those not reviewed yet first; the images go there</source>
        <translation>nächste Läsion, ungeprüfte zuerst; die Bilder springen dorthin</translation>
    </message>
    <message>
        <source>previous lesion</source>
        <translation>vorherige Läsion</translation>
    </message>
    <message>
        <source>accept the AI&apos;s lesion</source>
        <translation>die Läsion der KI annehmen</translation>
    </message>
    <message>
        <source>reject the AI&apos;s lesion and say why; remove one of your own</source>
        <translation>die Läsion der KI mit Begründung ablehnen; eine eigene entfernen</translation>
    </message>
    <message>
        <source>score {n} for the sequence with the ●; an AI lesion is accepted by it</source>
        <translation>Score {n} für die Sequenz mit dem ●; eine KI-Läsion wird damit angenommen</translation>
    </message>
    <message>
        <source>score X, inadequate, for the sequence with the ●; an AI lesion is accepted by it</source>
        <translation>Score X, inadäquat, für die Sequenz mit dem ●; eine KI-Läsion wird damit angenommen</translation>
    </message>
    <message>
        <source>let the number keys score T2W (●)</source>
        <translation>die Zifferntasten bewerten T2W (●)</translation>
    </message>
    <message>
        <source>let the number keys score DWI (●)</source>
        <translation>die Zifferntasten bewerten DWI (●)</translation>
    </message>
    <message>
        <source>DCE positive</source>
        <translation>DCE positiv</translation>
    </message>
    <message>
        <source>DCE negative</source>
        <translation>DCE negativ</translation>
    </message>
    <message>
        <source>extraprostatic extension: none, possible, definite</source>
        <translation>extraprostatische Ausdehnung: keine, möglich, eindeutig</translation>
    </message>
    <message>
        <source>score by the rules of the other zone, PZ or TZ</source>
        <translation>nach den Regeln der anderen Zone bewerten, PZ oder TZ</translation>
    </message>
    <message>
        <source>the lesion&apos;s sector: go to it in the sector map with the arrow keys and press Enter</source>
        <translation>Sektor der Läsion: mit den Pfeiltasten in der Sektorkarte ansteuern und Enter drücken</translation>
    </message>
    <message>
        <source>give the lesion another category, with the reason</source>
        <translation>der Läsion mit Begründung eine andere Kategorie geben</translation>
    </message>
    <message>
        <source>write a comment on the lesion</source>
        <translation>einen Kommentar zur Läsion schreiben</translation>
    </message>
    <message>
        <source>add a lesion: click its middle, or press the key again to take the crosshair</source>
        <translation>eine Läsion hinzufügen: ihre Mitte anklicken oder die Taste erneut drücken, um das Fadenkreuz zu nehmen</translation>
    </message>
    <message>
        <source>measure a length; pressed again, put the tool down</source>
        <translation>eine Länge messen; erneut gedrückt: Werkzeug ablegen</translation>
    </message>
    <message>
        <source>measure long and short axis</source>
        <translation>lange und kurze Achse messen</translation>
    </message>
    <message>
        <source>ellipse with statistics</source>
        <translation>Ellipse mit Statistik</translation>
    </message>
    <message>
        <source>brush: paint the outline in hand</source>
        <translation>Pinsel: die gewählte Kontur malen</translation>
    </message>
    <message>
        <source>eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>smaller brush</source>
        <translation>kleinerer Pinsel</translation>
    </message>
    <message>
        <source>larger brush</source>
        <translation>größerer Pinsel</translation>
    </message>
    <message>
        <source>grow a lesion from a click on a dark focus of the ADC map</source>
        <translation>eine Läsion per Klick auf einen dunklen Herd der ADC-Karte wachsen lassen</translation>
    </message>
    <message>
        <source>image quality and the PI-QUAL form; pressed again, confirm the form</source>
        <translation>Bildqualität und PI-QUAL-Formular; erneut gedrückt: Formular bestätigen</translation>
    </message>
    <message>
        <source>results in this study: reports, segmentations and drawings of any system</source>
        <translation>Ergebnisse in dieser Studie: Befunde, Segmentierungen und Zeichnungen jedes Systems</translation>
    </message>
    <message>
        <source>staging: vesicles, bundles, nodes, bone; pressed again, the rest is not seen</source>
        <translation>Staging: Samenblasen, Gefäßnervenbündel, Lymphknoten, Knochen; nochmals gedrückt: der Rest ist unauffällig</translation>
    </message>
    <message>
        <source>PRECISE: change against an earlier prostate MR</source>
        <translation>PRECISE: Veränderung gegenüber einer früheren Prostata-MRT</translation>
    </message>
    <message>
        <source>negative study: PI-RADS 1, once no lesion is reported or left to review</source>
        <translation>unauffällige Untersuchung: PI-RADS 1, sobald keine Läsion mehr im Befund steht oder zu prüfen ist</translation>
    </message>
    <message>
        <source>enter the PSA</source>
        <translation>den PSA-Wert eingeben</translation>
    </message>
    <message>
        <source>write the indication</source>
        <translation>die Indikation schreiben</translation>
    </message>
    <message>
        <source>write the impression</source>
        <translation>die Beurteilung schreiben</translation>
    </message>
    <message>
        <source>leave a field, or stop adding a lesion: the keys go to the images</source>
        <translation>ein Feld verlassen oder das Hinzufügen einer Läsion beenden: die Tasten gelten wieder den Bildern</translation>
    </message>
    <message>
        <source>undo an edit of the report</source>
        <translation>eine Änderung am Befund rückgängig machen</translation>
    </message>
    <message>
        <source>redo it</source>
        <translation>sie wiederherstellen</translation>
    </message>
    <message>
        <source>tumour board: one page and the biopsy targets into a folder</source>
        <translation>Tumorkonferenz: eine Seite und die Biopsieziele in einen Ordner</translation>
    </message>
    <message>
        <source>save the draft now</source>
        <translation>den Entwurf jetzt speichern</translation>
    </message>
    <message>
        <source>sign and send</source>
        <translation>unterschreiben und senden</translation>
    </message>
    <message>
        <source>back to the worklist</source>
        <translation>zurück zur Arbeitsliste</translation>
    </message>
    <message>
        <source>previous slice; parallel series follow by patient position</source>
        <translation>vorherige Schicht; parallele Serien folgen nach Patientenposition</translation>
    </message>
    <message>
        <source>next slice</source>
        <translation>nächste Schicht</translation>
    </message>
    <message>
        <source>five slices back</source>
        <translation>fünf Schichten zurück</translation>
    </message>
    <message>
        <source>five slices on</source>
        <translation>fünf Schichten weiter</translation>
    </message>
    <message>
        <source>first slice</source>
        <translation>erste Schicht</translation>
    </message>
    <message>
        <source>last slice</source>
        <translation>letzte Schicht</translation>
    </message>
    <message>
        <source>make the previous viewport active</source>
        <translation>das vorherige Bildfenster aktivieren</translation>
    </message>
    <message>
        <source>make the next viewport active</source>
        <translation>das nächste Bildfenster aktivieren</translation>
    </message>
    <message>
        <source>fill the grid with the active viewport, and back</source>
        <translation>das Raster mit dem aktiven Bildfenster füllen, und zurück</translation>
    </message>
    <message>
        <source>next layout</source>
        <translation>nächstes Layout</translation>
    </message>
    <message>
        <source>previous layout</source>
        <translation>vorheriges Layout</translation>
    </message>
    <message>
        <source>crosshair 1 mm to the left of the active viewport</source>
        <translation>Fadenkreuz 1 mm nach links im aktiven Bildfenster</translation>
    </message>
    <message>
        <source>crosshair 1 mm to the right</source>
        <translation>Fadenkreuz 1 mm nach rechts</translation>
    </message>
    <message>
        <source>crosshair 1 mm up</source>
        <translation>Fadenkreuz 1 mm nach oben</translation>
    </message>
    <message>
        <source>crosshair 1 mm down</source>
        <translation>Fadenkreuz 1 mm nach unten</translation>
    </message>
    <message>
        <source>frame the gland in every viewport</source>
        <translation>in allen Bildfenstern auf die Prostata zoomen</translation>
    </message>
    <message>
        <source>invert the active viewport</source>
        <translation>das aktive Bildfenster invertieren</translation>
    </message>
    <message>
        <source>reset the active viewport: place, zoom, window</source>
        <translation>das aktive Bildfenster zurücksetzen: Lage, Zoom, Fensterung</translation>
    </message>
    <message>
        <source>MPR: turn the lines in the active pane by 5° against the clock</source>
        <translation>MPR: die Linien im aktiven Bildfenster um 5° gegen den Uhrzeigersinn drehen</translation>
    </message>
    <message>
        <source>MPR: turn them by 5° with the clock</source>
        <translation>MPR: sie um 5° im Uhrzeigersinn drehen</translation>
    </message>
    <message>
        <source>MPR: set the planes straight</source>
        <translation>MPR: die Ebenen gerade stellen</translation>
    </message>
    <message>
        <source>3D: look from {side}</source>
        <translation>3D: Blick von {side}</translation>
    </message>
    <message>
        <source>the patient&apos;s left</source>
        <translation>der linken Patientenseite</translation>
    </message>
    <message>
        <source>the patient&apos;s right</source>
        <translation>der rechten Patientenseite</translation>
    </message>
    <message>
        <source>show or hide the outlines of prostate and lesions, the AI&apos;s too; measurements stay shown</source>
        <translation>Umrisse von Prostata und Läsionen ein- oder ausblenden, auch die der KI; Messungen bleiben sichtbar</translation>
    </message>
    <message>
        <source>look underneath: no outlines, no measurements and no crosshair while it is held</source>
        <translation>darunter sehen: keine Umrisse, Messungen und kein Fadenkreuz, solange sie gehalten wird</translation>
    </message>
    <message>
        <source>magnify what is under the pointer while it is held</source>
        <translation>vergrößern, was unter dem Mauszeiger liegt, solange gedrückt</translation>
    </message>
    <message>
        <source>first window for the active series: the automatic one</source>
        <translation>erste Fensterung der aktiven Serie: die automatische</translation>
    </message>
    <message>
        <source>second window for the active series</source>
        <translation>zweite Fensterung der aktiven Serie</translation>
    </message>
    <message>
        <source>third window for the active series</source>
        <translation>dritte Fensterung der aktiven Serie</translation>
    </message>
    <message>
        <source>anchor a series of another frame: click the place that the T2&apos;s crosshair marks, or press again</source>
        <translation>eine Serie mit anderem Bezugssystem verankern: die Stelle anklicken, die das Fadenkreuz der T2 markiert, oder erneut drücken</translation>
    </message>
    <message>
        <source>register the active viewport&apos;s series of another frame onto the axial T2, or stop it</source>
        <translation>die Serie mit anderem Bezugssystem im aktiven Bildfenster auf die axiale T2 registrieren oder dies abbrechen</translation>
    </message>
    <message>
        <source>unlink the active viewport&apos;s series of another frame</source>
        <translation>die Verknüpfung der Serie mit anderem Bezugssystem im aktiven Bildfenster lösen</translation>
    </message>
    <message>
        <source>remove the selected measurement</source>
        <translation>die ausgewählte Messung entfernen</translation>
    </message>
    <message>
        <source>make the active viewport&apos;s image a key image of the report, or take it off</source>
        <translation>das Bild des aktiven Fensters zum Schlüsselbild des Befunds machen oder es wieder herausnehmen</translation>
    </message>
    <message>
        <source>outbox: signed reports that have not reached their archive</source>
        <translation>Ausgang: signierte Befunde, die ihr Archiv noch nicht erreicht haben</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>diese Liste</translation>
    </message>
    <message>
        <source>Enter in a field</source>
        <translation>Enter in einem Feld</translation>
    </message>
    <message>
        <source>query</source>
        <translation>abfragen</translation>
    </message>
    <message>
        <source>↑ / ↓</source>
        <translation>↑ / ↓</translation>
    </message>
    <message>
        <source>previous / next study</source>
        <translation>vorherige / nächste Untersuchung</translation>
    </message>
    <message>
        <source>Enter, double click</source>
        <translation>Enter, Doppelklick</translation>
    </message>
    <message>
        <source>open the study; it is retrieved first when it is not here</source>
        <translation>die Untersuchung öffnen; sie wird zuerst abgerufen, wenn sie nicht hier ist</translation>
    </message>
    <message>
        <source>1 … 8, or ↑ ↓ Enter</source>
        <translation>1 … 8 oder ↑ ↓ Enter</translation>
    </message>
    <message>
        <source>when asked why a lesion is rejected: the reason</source>
        <translation>bei der Frage, warum eine Läsion abgelehnt wird: der Grund</translation>
    </message>
    <message>
        <source>Enter in Sign &amp; send</source>
        <translation>Enter in „Unterschreiben &amp; senden“</translation>
    </message>
    <message>
        <source>open the key; then confirm, sign and send; then close</source>
        <translation>den Schlüssel öffnen; dann bestätigen, unterschreiben und senden; dann schließen</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>previous / next slice</source>
        <translation>vorherige / nächste Schicht</translation>
    </message>
    <message>
        <source>Ctrl + wheel, right drag</source>
        <translation>Strg + Mausrad, rechts ziehen</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>zoomen</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>Mittlere Taste ziehen</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>verschieben</translation>
    </message>
    <message>
        <source>Left drag</source>
        <translation>Links ziehen</translation>
    </message>
    <message>
        <source>the chosen tool: scroll, window/level (right = wider, down, or as set up, darker), zoom, pan or crosshair</source>
        <translation>das gewählte Werkzeug: blättern, fenstern (rechts = weiter, unten – je nach Einstellung – dunkler), zoomen, verschieben oder Fadenkreuz</translation>
    </message>
    <message>
        <source>Shift + move</source>
        <translation>Umschalt + bewegen</translation>
    </message>
    <message>
        <source>crosshair: all viewports to the point under the pointer</source>
        <translation>Fadenkreuz: alle Bildfenster zum Punkt unter dem Mauszeiger</translation>
    </message>
    <message>
        <source>Click on a lesion</source>
        <translation>Klick auf eine Läsion</translation>
    </message>
    <message>
        <source>select it</source>
        <translation>sie auswählen</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>Rechtsklick</translation>
    </message>
    <message>
        <source>choose a window for the series by its name</source>
        <translation>ein Fenster für die Serie beim Namen wählen</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>fill the grid with one viewport, and back</source>
        <translation>das Raster mit einem Bildfenster füllen, und zurück</translation>
    </message>
    <message>
        <source>Shift while outlining</source>
        <translation>Umschalt beim Konturieren</translation>
    </message>
    <message>
        <source>brush and eraser change places; a polygon cuts out</source>
        <translation>Pinsel und Radierer tauschen; ein Polygon schneidet aus</translation>
    </message>
    <message>
        <source>Ctrl + wheel while outlining</source>
        <translation>Strg + Mausrad beim Konturieren</translation>
    </message>
    <message>
        <source>smaller / larger brush</source>
        <translation>kleinerer / größerer Pinsel</translation>
    </message>
    <message>
        <source>Double click while outlining</source>
        <translation>Doppelklick beim Konturieren</translation>
    </message>
    <message>
        <source>close a polygon that was clicked corner by corner</source>
        <translation>ein Polygon schließen, das Ecke für Ecke geklickt wurde</translation>
    </message>
    <message>
        <source>Drag a line of the MPR</source>
        <translation>Eine Linie der MPR ziehen</translation>
    </message>
    <message>
        <source>move its plane; its end turns both planes, the middle of the lines moves the crosshair</source>
        <translation>ihre Ebene verschieben; ihr Ende dreht beide Ebenen, die Mitte der Linien verschiebt das Fadenkreuz</translation>
    </message>
    <message>
        <source>Double click on a line of the MPR</source>
        <translation>Doppelklick auf eine Linie der MPR</translation>
    </message>
    <message>
        <source>set the planes straight</source>
        <translation>die Ebenen gerade stellen</translation>
    </message>
    <message>
        <source>Left drag in 3D</source>
        <translation>Links ziehen in 3D</translation>
    </message>
    <message>
        <source>turn the body; wheel or right drag zooms, middle drag moves it</source>
        <translation>den Körper drehen; Mausrad oder rechts ziehen zoomt, mittlere Taste ziehen verschiebt</translation>
    </message>
    <message>
        <source>Drag a series, Enter in the series strip</source>
        <translation>Eine Serie ziehen, Enter in der Serienleiste</translation>
    </message>
    <message>
        <source>hang it in a viewport</source>
        <translation>sie in ein Bildfenster hängen</translation>
    </message>
    <message>
        <source>Your keys</source>
        <translation>Ihre Tasten</translation>
    </message>
    <message>
        <source>The delivered keys hold</source>
        <translation>Es gelten die Standardtasten</translation>
    </message>
    <message>
        <source>the delivered ones hold</source>
        <translation>es gelten die Standardtasten</translation>
    </message>
    <message>
        <source>{path} has keys that cannot be used ({list}); the delivered ones hold instead.</source>
        <translation>{path} enthält Tasten, die nicht verwendbar sind ({list}); stattdessen gelten die Standardtasten.</translation>
    </message>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source>{words} (held)</source>
        <translation>{words} (gehalten)</translation>
    </message>
    <message>
        <source>{key_words} cannot stand for “{words}”</source>
        <translation>{key_words} kann nicht für „{words}“ stehen</translation>
    </message>
    <message>
        <source>{told}: it goes from control to control. Choose another key.</source>
        <translation>{told}: Die Taste führt von Element zu Element. Wählen Sie eine andere Taste.</translation>
    </message>
    <message>
        <source>{told}: text fields and buttons need it. Choose another key.</source>
        <translation>{told}: Textfelder und Schaltflächen brauchen sie. Wählen Sie eine andere Taste.</translation>
    </message>
    <message>
        <source>{told}: it stands for “{words}” ({value}). Choose another key, or give that one another first.</source>
        <translation>{told}: Sie steht für „{words}“ ({value}). Wählen Sie eine andere Taste, oder belegen Sie jene zuerst neu.</translation>
    </message>
    <message>
        <source>“{name}” is no command</source>
        <translation>„{name}“ ist kein Befehl</translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation>Strg</translation>
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
        <translation>Umschalt</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>PgUp</source>
        <translation>Bild↑</translation>
    </message>
    <message>
        <source>PgDn</source>
        <translation>Bild↓</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Pos1</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>“{text}” is not a key</source>
        <translation>„{text}“ ist keine Taste</translation>
    </message>
    <message>
        <source>Layout: {title}</source>
        <translation>Layout: {title}</translation>
    </message>
    <message>
        <source>The layout of the images</source>
        <translation>Das Layout der Bilder</translation>
    </message>
    <message>
        <source>{told}
Next and previous: {{next_layout}} and {{previous_layout}}</source>
        <translation>{told}
Nächstes und vorheriges: {{next_layout}} und {{previous_layout}}</translation>
    </message>
    <message>
        <source>Window on another monitor</source>
        <translation>Fenster auf anderem Monitor</translation>
    </message>
    <message>
        <source>{text} (no {list})</source>
        <translation>{text} (ohne {list})</translation>
    </message>
    <message>
        <source>, no </source>
        <translation>, keine </translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>Grid of {rows} rows and {columns} columns</source>
        <translation>Raster aus {rows} Zeilen und {columns} Spalten</translation>
    </message>
    <message>
        <source>● The number keys ({score_1} … {score_5}) give this score; {score_t2} and {score_dwi} switch</source>
        <translation>● Die Zifferntasten ({score_1} … {score_5}) vergeben diesen Score; {score_t2} und {score_dwi} wechseln</translation>
    </message>
    <message>
        <source>giving a score does so too</source>
        <translation>ein Score nimmt sie ebenfalls an</translation>
    </message>
    <message>
        <source>Comment on this lesion</source>
        <translation>Kommentar zu dieser Läsion</translation>
    </message>
    <message>
        <source>Comment for the report</source>
        <translation>Kommentar für den Befund</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Why the AI marked {label}</source>
        <translation>Warum die KI {label} markiert hat</translation>
    </message>
    <message>
        <source>What made the AI mark this place</source>
        <translation>Was die KI hier markieren ließ</translation>
    </message>
    <message>
        <source>Undo reject</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Override…</source>
        <translation>Abweichen…</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Accept AI</source>
        <translation>KI annehmen</translation>
    </message>
    <message>
        <source>Take this lesion into the report as outlined; {scoring_accepts} ({{accept}})</source>
        <translation>Diese Läsion wie konturiert in den Befund übernehmen; {scoring_accepts} ({{accept}})</translation>
    </message>
    <message>
        <source>Reject…</source>
        <translation>Ablehnen…</translation>
    </message>
    <message>
        <source>Leave this lesion out of the report and say why ({reject})</source>
        <translation>Diese Läsion nicht in den Befund aufnehmen und begründen ({reject})</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove this lesion, which you added ({reject})</source>
        <translation>Diese von Ihnen hinzugefügte Läsion entfernen ({reject})</translation>
    </message>
    <message>
        <source>Name it</source>
        <translation>Nennen</translation>
    </message>
    <message>
        <source>Do not name</source>
        <translation>Nicht nennen</translation>
    </message>
    <message>
        <source>Name this lesion in the report instead of the least suspicious of the four</source>
        <translation>Diese Läsion im Befund nennen statt der am wenigsten verdächtigen der vier</translation>
    </message>
    <message>
        <source>Name other lesions before this one: a report names four of PI-RADS 3 or above</source>
        <translation>Andere Läsionen vor dieser nennen: ein Befund nennt vier ab PI-RADS 3</translation>
    </message>
    <message>
        <source>Hide {label} in the images</source>
        <translation>{label} in den Bildern ausblenden</translation>
    </message>
    <message>
        <source>Show {label} in the images</source>
        <translation>{label} in den Bildern zeigen</translation>
    </message>
    <message>
        <source>not named</source>
        <translation>nicht genannt</translation>
    </message>
    <message>
        <source>not reviewed</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>AI {suggested_category} · {score}</source>
        <translation>KI {suggested_category} · {score}</translation>
    </message>
    <message>
        <source>dominant ({scored_as})</source>
        <translation>dominant ({scored_as})</translation>
    </message>
    <message>
        <source>DWI ●</source>
        <translation>DWI ●</translation>
    </message>
    <message>
        <source>Follow the rule</source>
        <translation>Regel folgen</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Übernommen</translation>
    </message>
    <message>
        <source>Rejected: {reason}</source>
        <translation>Abgelehnt: {reason}</translation>
    </message>
    <message>
        <source>Assessment</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>PI-RADS {category}</source>
        <translation>PI-RADS {category}</translation>
    </message>
    <message>
        <source>Not to be given: the study has {lacking}.</source>
        <translation>Nicht wählbar: die Untersuchung hat {lacking}.</translation>
    </message>
    <message>
        <source>▲ {many}; choose on the lesions.</source>
        <translation>▲ {many}; wählen Sie an den Läsionen.</translation>
    </message>
    <message>
        <source>{lesions} is not reviewed yet: accept or reject each.</source>
        <translation>{lesions} ist noch nicht geprüft: übernehmen oder ablehnen.</translation>
    </message>
    <message>
        <source>{lesions} are not reviewed yet: accept or reject each.</source>
        <translation>{lesions} sind noch nicht geprüft: jede übernehmen oder ablehnen.</translation>
    </message>
    <message>
        <source>{meaning} Index lesion {label}.</source>
        <translation>{meaning} Indexläsion {label}.</translation>
    </message>
    <message>
        <source>No lesion is reported. {meaning}</source>
        <translation>Keine Läsion im Befund. {meaning}</translation>
    </message>
    <message>
        <source>No lesion is reported{without_ai}: {choose_without_lesion}.</source>
        <translation>Keine Läsion im Befund{without_ai}: {choose_without_lesion}.</translation>
    </message>
    <message>
        <source>, and the AI did not look for any</source>
        <translation>, und die KI hat nicht danach gesucht</translation>
    </message>
    <message>
        <source>, and the AI has not run</source>
        <translation>, und die KI ist nicht gelaufen</translation>
    </message>
    <message>
        <source>By your decision: {reason}. Rule: {rule}</source>
        <translation>Ihre Entscheidung: {reason}. Regel: {rule}</translation>
    </message>
    <message>
        <source>Rule: {rule}</source>
        <translation>Regel: {rule}</translation>
    </message>
    <message>
        <source>The gland is not segmented yet, so click the sector, or go to it with the arrow keys and choose it with Enter.</source>
        <translation>Die Prostata ist noch nicht segmentiert; klicken Sie den Sektor an, oder steuern Sie ihn mit den Pfeiltasten an und wählen Sie ihn mit Enter.</translation>
    </message>
    <message>
        <source>Reject {label}</source>
        <translation>{label} ablehnen</translation>
    </message>
    <message>
        <source>Common reasons</source>
        <translation>Häufige Gründe</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Choose a reason, or write your own</source>
        <translation>Grund wählen oder eigenen eingeben</translation>
    </message>
    <message>
        <source>Why is {label} ({label_2}) not a lesion?</source>
        <translation>Warum ist {label} ({label_2}) keine Läsion?</translation>
    </message>
    <message>
        <source>The AI&apos;s finding and your reason are kept with the report.</source>
        <translation>Der KI-Befund und Ihr Grund werden mit dem Befund aufbewahrt.</translation>
    </message>
    <message>
        <source>Override the category of {label}</source>
        <translation>Abweichende Kategorie für {label}</translation>
    </message>
    <message>
        <source>Reason, as it will stand in the report</source>
        <translation>Begründung, wie sie im Befund stehen wird</translation>
    </message>
    <message>
        <source>Override</source>
        <translation>Abweichen</translation>
    </message>
    <message>
        <source>Give {label} another category</source>
        <translation>{label} eine andere Kategorie geben</translation>
    </message>
    <message>
        <source>The rule gives: {rule}</source>
        <translation>Die Regel ergibt: {rule}</translation>
    </message>
    <message>
        <source>PI-RADS</source>
        <translation>PI-RADS</translation>
    </message>
    <message>
        <source>Sector of the new lesion</source>
        <translation>Sektor der neuen Läsion</translation>
    </message>
    <message>
        <source>In which sector is the lesion?</source>
        <translation>In welchem Sektor liegt die Läsion?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>{label} · not scored{score}</source>
        <translation>{label} · ohne Score{score}</translation>
    </message>
    <message>
        <source>Then click the middle of the lesion in any image; pressed again, {add_lesion} takes the crosshair ({add_lesion})</source>
        <translation>Klicken Sie dann in einem beliebigen Bild auf die Mitte der Läsion; erneut gedrückt, nimmt {add_lesion} das Fadenkreuz ({add_lesion})</translation>
    </message>
    <message>
        <source>Add lesion</source>
        <translation>Neue Läsion</translation>
    </message>
    <message>
        <source>Sector map</source>
        <translation>Sektorkarte</translation>
    </message>
    <message>
        <source>Click or press {key} to place {label}</source>
        <translation>{label}: klicken oder {key}</translation>
    </message>
    <message>
        <source>Click to place {label}</source>
        <translation>{label}: Sektor anklicken</translation>
    </message>
    <message>
        <source>Lesions are outlined on axial T2, which this study has not. Report what you see in the findings.</source>
        <translation>Läsionen werden auf der axialen T2 konturiert, die in dieser Untersuchung fehlt. Beschreiben Sie Ihre Beobachtungen im Befundtext.</translation>
    </message>
    <message>
        <source>The AI did not look for lesions: the images were not good enough for it. Add what you see.</source>
        <translation>Die KI hat nicht nach Läsionen gesucht: Die Bilder waren dafür nicht gut genug. Fügen Sie hinzu, was Sie sehen.</translation>
    </message>
    <message>
        <source>The AI found no suspicious lesion. Add one yourself if you see it.</source>
        <translation>Die KI hat keine verdächtige Läsion gefunden. Fügen Sie selbst eine hinzu, wenn Sie eine sehen.</translation>
    </message>
    <message>
        <source>No lesion yet. Run AI, or add a lesion yourself and click its middle in any image.</source>
        <translation>Noch keine Läsion. Starten Sie die KI, oder fügen Sie selbst eine Läsion hinzu und klicken Sie in einem beliebigen Bild auf ihre Mitte.</translation>
    </message>
    <message>
        <source>AI suggests {suggested}</source>
        <translation>KI-Vorschlag {suggested}</translation>
    </message>
    <message>
        <source>Found by AI</source>
        <translation>Von der KI gefunden</translation>
    </message>
    <message>
        <source>Not scored</source>
        <translation>Ohne Score</translation>
    </message>
    <message>
        <source>no ADC</source>
        <translation>kein ADC</translation>
    </message>
    <message>
        <source>AI {suggested_category}</source>
        <translation>KI {suggested_category}</translation>
    </message>
    <message>
        <source>AI {score}</source>
        <translation>KI {score}</translation>
    </message>
    <message>
        <source>{name} {version} (another system’s AI): it states no score.</source>
        <translation>{name} {version} (KI eines anderen Systems): Sie gibt keinen Score an.</translation>
    </message>
    <message>
        <source>{name} {version} (research use only): probability {score}, calibrated on {patients}.</source>
        <translation>{name} {version} (nur für die Forschung): Wahrscheinlichkeit {score}, kalibriert an {patients}.</translation>
    </message>
    <message>
        <source>{name} {version} (research use only): suspicion {score} from 0 to 1, not calibrated.</source>
        <translation>{name} {version} (nur für die Forschung): Verdacht {score} von 0 bis 1, nicht kalibriert.</translation>
    </message>
    <message>
        <source>It suggests PI-RADS {category}.</source>
        <translation>Vorschlag: PI-RADS {category}.</translation>
    </message>
    <message>
        <source>It suggests no PI-RADS category.</source>
        <translation>Kein Vorschlag einer PI-RADS-Kategorie.</translation>
    </message>
    <message>
        <source>PI-RADS {category} by your decision: {reason} (rule: {rule})</source>
        <translation>PI-RADS {category}, Ihre Entscheidung: {reason} (Regel: {rule})</translation>
    </message>
    <message>
        <source>Lay ADC, high-b or the AI&apos;s map over T2</source>
        <translation>ADC, High-b oder KI-Karte über die T2 legen</translation>
    </message>
    <message>
        <source>Calculate an image of any b-value</source>
        <translation>Ein Bild mit beliebigem b-Wert berechnen</translation>
    </message>
    <message>
        <source>Move diffusion or DCE onto T2 by hand</source>
        <translation>Diffusion oder DCE von Hand auf die T2 schieben</translation>
    </message>
    <message>
        <source>What changed since the prior</source>
        <translation>Was sich seit der Voruntersuchung geändert hat</translation>
    </message>
    <message>
        <source>Key images of the report</source>
        <translation>Schlüsselbilder des Befunds</translation>
    </message>
    <message>
        <source>Results in this study: reports, segmentations and drawings of any system</source>
        <translation>Ergebnisse in dieser Studie: Befunde, Segmentierungen und Zeichnungen jedes Systems</translation>
    </message>
    <message>
        <source>Calculated b</source>
        <translation>Berechnetes b</translation>
    </message>
    <message>
        <source>Fusion</source>
        <translation>Fusion</translation>
    </message>
    <message>
        <source>Calculated b-value</source>
        <translation>Berechneter b-Wert</translation>
    </message>
    <message>
        <source>Alignment by hand</source>
        <translation>Ausrichtung von Hand</translation>
    </message>
    <message>
        <source>Compared with the prior</source>
        <translation>Vergleich mit der Voruntersuchung</translation>
    </message>
    <message>
        <source>Key images</source>
        <translation>Schlüsselbilder</translation>
    </message>
    <message>
        <source>Results in this study</source>
        <translation>Ergebnisse in dieser Studie</translation>
    </message>
    <message>
        <source>This study has a signed report, shown here.</source>
        <translation>Diese Studie hat einen signierten Befund; er wird hier gezeigt.</translation>
    </message>
    <message>
        <source>A report of this study was signed beside your draft: signing yours amends that one.</source>
        <translation>Neben Ihrem Entwurf wurde ein Befund dieser Studie signiert: Wenn Sie Ihren signieren, ändert er jenen.</translation>
    </message>
    <message>
        <source> It was signed with images aligned or linked by hand, as its findings say; here they lie as the scanner placed them, so align them again before you measure or outline anew.</source>
        <translation> Er wurde mit von Hand ausgerichteten oder verknüpften Bildern unterschrieben, wie sein Befundtext angibt; hier liegen sie so, wie der Scanner sie platziert hat. Richten Sie sie daher erneut aus, bevor Sie neu messen oder konturieren.</translation>
    </message>
    <message>
        <source>Leave without saving</source>
        <translation>Ohne Speichern verlassen</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>Ohne Speichern schließen</translation>
    </message>
    <message>
        <source>Your draft of {when} was restored.</source>
        <translation>Ihr Entwurf vom {when} wurde wiederhergestellt.</translation>
    </message>
    <message>
        <source>PEER</source>
        <translation>PARTNER</translation>
    </message>
    <message>
        <source>STEP</source>
        <translation>SCHRITT</translation>
    </message>
    <message>
        <source>RESULT</source>
        <translation>ERGEBNIS</translation>
    </message>
    <message>
        <source>WHAT WAS FOUND, OR WHAT TO CHANGE</source>
        <translation>WAS GEFUNDEN WURDE ODER ZU ÄNDERN IST</translation>
    </message>
    <message>
        <source>Listener</source>
        <translation>Empfang</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Association and echo</source>
        <translation>Assoziation und Echo</translation>
    </message>
    <message>
        <source>Kinds of objects</source>
        <translation>Arten von Objekten</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Storage commitment</source>
        <translation>Storage Commitment</translation>
    </message>
    <message>
        <source>Retrieve by C-GET</source>
        <translation>Abruf mit C-GET</translation>
    </message>
    <message>
        <source>Send to us by C-MOVE</source>
        <translation>Senden an uns mit C-MOVE</translation>
    </message>
    <message>
        <source>Retrieve</source>
        <translation>Abrufen</translation>
    </message>
    <message>
        <source>FHIR server</source>
        <translation>FHIR-Server</translation>
    </message>
    <message>
        <source>✓ Works</source>
        <translation>✓ Geht</translation>
    </message>
    <message>
        <source>✕ Fails</source>
        <translation>✕ Geht nicht</translation>
    </message>
    <message>
        <source>– Not tried</source>
        <translation>– Nicht versucht</translation>
    </message>
    <message>
        <source>… Trying</source>
        <translation>… Läuft</translation>
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
        <translation>● {name} antwortet nicht</translation>
    </message>
    <message>
        <source>{archive} answers.</source>
        <translation>{archive} antwortet.</translation>
    </message>
    <message>
        <source>AI: {names} · {sum:.1f} s</source>
        <translation>KI: {names} · {sum:.1f} s</translation>
    </message>
    <message>
        <source>Structured report</source>
        <translation>Strukturierter Befund</translation>
    </message>
    <message>
        <source>Segmentation</source>
        <translation>Segmentierung</translation>
    </message>
    <message>
        <source>Presentation state</source>
        <translation>Darstellungszustand</translation>
    </message>
    <message>
        <source>PDF document</source>
        <translation>PDF-Dokument</translation>
    </message>
    <message>
        <source>There is no report, segmentation, presentation state or PDF in this study.</source>
        <translation>In dieser Studie gibt es weder Befund noch Segmentierung, Darstellungszustand oder PDF.</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Draw it on the images, or no longer</source>
        <translation>Auf die Bilder zeichnen oder nicht mehr</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Read it in a window of its own</source>
        <translation>In einem eigenen Fenster lesen</translation>
    </message>
    <message>
        <source>Take as candidates</source>
        <translation>Als Kandidaten</translation>
    </message>
    <message>
        <source>Add its lesions to the report, not reviewed yet and measured anew; undo takes them back</source>
        <translation>Seine Läsionen in den Befund aufnehmen, noch nicht geprüft und neu gemessen; Rückgängig nimmt sie zurück</translation>
    </message>
    <message>
        <source>
… and {count} more</source>
        <translation>
… und {count} weitere</translation>
    </message>
    <message>
        <source>Not read:
{first}{more}</source>
        <translation>Nicht gelesen:
{first}{more}</translation>
    </message>
    <message>
        <source>maker not stated</source>
        <translation>Hersteller nicht angegeben</translation>
    </message>
    <message>
        <source>AI: {names}</source>
        <translation>KI: {names}</translation>
    </message>
    <message>
        <source>By {names}</source>
        <translation>Von {names}</translation>
    </message>
    <message>
        <source>AI has not run</source>
        <translation>KI ist nicht gelaufen</translation>
    </message>
    <message>
        <source>Draft autosaved {astimezone:%H:%M:%S}</source>
        <translation>Entwurf gespeichert {astimezone:%H:%M:%S}</translation>
    </message>
    <message>
        <source>{archive} has {len} new series of this study: {names}.</source>
        <translation>{archive} hat {len} neue Serien dieser Untersuchung: {names}.</translation>
    </message>
    <message>
        <source>{archive} has more images of {len} series of this study: {names}.</source>
        <translation>{archive} hat weitere Bilder zu {len} Serien dieser Untersuchung: {names}.</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Long and short axis</source>
        <translation>Lange und kurze Achse</translation>
    </message>
    <message>
        <source>Ellipse with statistics</source>
        <translation>Ellipse mit Statistik</translation>
    </message>
    <message>
        <source>Polygon with statistics: drag, or click and double-click</source>
        <translation>Polygon mit Statistik: ziehen, oder klicken und doppelklicken</translation>
    </message>
    <message>
        <source>Angle: drag one arm, click the other</source>
        <translation>Winkel: einen Schenkel ziehen, den anderen klicken</translation>
    </message>
    <message>
        <source>Arrow with text</source>
        <translation>Pfeil mit Text</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Brush: paint the outline in hand</source>
        <translation>Pinsel: die gewählte Kontur malen</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Draw round an area to add it; with Shift to cut it out</source>
        <translation>Einen Bereich umfahren, um ihn hinzuzufügen; mit Umschalt, um ihn auszuschneiden</translation>
    </message>
    <message>
        <source>Grow a lesion from a click on a dark focus of the ADC map</source>
        <translation>Eine Läsion per Klick auf einen dunklen Herd der ADC-Karte wachsen lassen</translation>
    </message>
    <message>
        <source>Preparing to measure</source>
        <translation>Messung wird vorbereitet</translation>
    </message>
    <message>
        <source>No study is open</source>
        <translation>Keine Untersuchung geöffnet</translation>
    </message>
    <message>
        <source>Prosector: monitor {value}</source>
        <translation>Prosector: Monitor {value}</translation>
    </message>
    <message>
        <source>Name unknown</source>
        <translation>Name unbekannt</translation>
    </message>
    <message>
        <source>Show the mean of the slab</source>
        <translation>Mittelwert des Slabs anzeigen</translation>
    </message>
    <message>
        <source>Show the highest value of the slab (maximum intensity projection)</source>
        <translation>Höchsten Wert des Slabs anzeigen (Maximumintensitätsprojektion)</translation>
    </message>
    <message>
        <source>Show the lowest value of the slab (minimum intensity projection)</source>
        <translation>Niedrigsten Wert des Slabs anzeigen (Minimumintensitätsprojektion)</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>Serie</translation>
    </message>
    <message>
        <source>Planes along the axes of the series</source>
        <translation>Ebenen entlang der Serienachsen</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <source>Planes along the axes of the patient</source>
        <translation>Ebenen entlang der Patientenachsen</translation>
    </message>
    <message>
        <source>Straighten</source>
        <translation>Gerade</translation>
    </message>
    <message>
        <source>Set the planes straight again ({straighten}, or double click on a line)</source>
        <translation>Die Ebenen wieder gerade stellen ({straighten}, oder Doppelklick auf eine Linie)</translation>
    </message>
    <message>
        <source>Planes of</source>
        <translation>Ebenen nach</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>Slab</translation>
    </message>
    <message>
        <source>Thickness of the slab in millimetres; 0 is a thin plane</source>
        <translation>Dicke des Slabs in Millimetern; 0 ist eine dünne Ebene</translation>
    </message>
    <message>
        <source>thin</source>
        <translation>dünn</translation>
    </message>
    <message>
        <source>This plane lies outside of the series.</source>
        <translation>Diese Ebene liegt außerhalb der Serie.</translation>
    </message>
    <message>
        <source>Zoom {magnified:.1f}×</source>
        <translation>Zoom {magnified:.1f}×</translation>
    </message>
    <message>
        <source>This pane shows no series, so none of its pixels has a place in the patient.</source>
        <translation>Dieses Bildfenster zeigt keine Serie; keines seiner Pixel hat einen Ort im Patienten.</translation>
    </message>
    <message>
        <source>This pane shows no series.</source>
        <translation>Dieses Bildfenster zeigt keine Serie.</translation>
    </message>
    <message>
        <source>No series is shown in planes</source>
        <translation>Keine Serie wird in Ebenen angezeigt</translation>
    </message>
    <message>
        <source>MPR: axial, sagittal and coronal planes</source>
        <translation>MPR: axiale, sagittale und koronare Ebene</translation>
    </message>
    <message>
        <source>{title} is not linked with the study, so that nothing can be placed in it.</source>
        <translation>{title} ist nicht mit der Untersuchung verknüpft; darin kann nichts platziert werden.</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Diffusion</source>
        <translation>Diffusion</translation>
    </message>
    <message>
        <source>Move ADC and all diffusion images</source>
        <translation>ADC und alle Diffusionsbilder verschieben</translation>
    </message>
    <message>
        <source>Move the dynamic images</source>
        <translation>Die dynamischen Bilder verschieben</translation>
    </message>
    <message>
        <source>Shift to the patient&apos;s left, in millimetres</source>
        <translation>Verschiebung nach links (Patient), in Millimetern</translation>
    </message>
    <message>
        <source>Shift to posterior, in millimetres</source>
        <translation>Verschiebung nach posterior, in Millimetern</translation>
    </message>
    <message>
        <source>Shift to superior, in millimetres</source>
        <translation>Verschiebung nach superior, in Millimetern</translation>
    </message>
    <message>
        <source>Turn about the left–right axis, in degrees</source>
        <translation>Drehung um die Links-rechts-Achse, in Grad</translation>
    </message>
    <message>
        <source>Turn about the anterior–posterior axis, in degrees</source>
        <translation>Drehung um die Anterior-posterior-Achse, in Grad</translation>
    </message>
    <message>
        <source>Turn about the head–foot axis, in degrees</source>
        <translation>Drehung um die Kopf-Fuß-Achse, in Grad</translation>
    </message>
    <message>
        <source>Move images with the arrow keys</source>
        <translation>Bilder mit den Pfeiltasten verschieben</translation>
    </message>
    <message>
        <source>Back to the scanner&apos;s positions</source>
        <translation>Zurück zur Scannerposition</translation>
    </message>
    <message>
        <source>Use the AI&apos;s alignment</source>
        <translation>Ausrichtung der KI nutzen</translation>
    </message>
    <message>
        <source>This study has no DCE</source>
        <translation>Diese Untersuchung hat keine DCE</translation>
    </message>
    <message>
        <source>Arrow keys: 0.5 mm, with Shift 0.1 mm; PgUp / PgDn: superior / inferior.</source>
        <translation>Pfeiltasten: 0,5 mm, mit Umschalt 0,1 mm; Bild↑ / Bild↓: superior / inferior.</translation>
    </message>
    <message>
        <source>A disc in the slice that is shown</source>
        <translation>Eine Scheibe in der angezeigten Schicht</translation>
    </message>
    <message>
        <source>A ball that reaches through the slices</source>
        <translation>Eine Kugel, die durch die Schichten reicht</translation>
    </message>
    <message>
        <source>Whose outline is drawn</source>
        <translation>Wessen Kontur gezeichnet wird</translation>
    </message>
    <message>
        <source>Diameter of the brush in millimetres</source>
        <translation>Durchmesser des Pinsels in Millimetern</translation>
    </message>
    <message>
        <source>Diameter of the brush; {brush_smaller} and {brush_larger} or Ctrl + wheel change it</source>
        <translation>Durchmesser des Pinsels; {brush_smaller} und {brush_larger} oder Strg + Mausrad ändern ihn</translation>
    </message>
    <message>
        <source>Lesion {label}</source>
        <translation>Läsion {label}</translation>
    </message>
    <message>
        <source>New lesion</source>
        <translation>Neue Läsion</translation>
    </message>
    <message>
        <source>Prostate</source>
        <translation>Prostata</translation>
    </message>
    <message>
        <source>Fill slices</source>
        <translation>Schichten füllen</translation>
    </message>
    <message>
        <source>Fill the slices between drawn ones</source>
        <translation>Die Schichten zwischen gezeichneten füllen</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Round the outline off by a millimetre</source>
        <translation>Die Kontur um einen Millimeter glätten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Put the tool down (Esc)</source>
        <translation>Das Werkzeug ablegen (Esc)</translation>
    </message>
    <message>
        <source>Outline of</source>
        <translation>Kontur</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Shift erases</source>
        <translation>Umschalt radiert</translation>
    </message>
    <message>
        <source>Outlines are drawn on the axial T2, which this study has not.</source>
        <translation>Konturen werden auf der axialen T2 gezeichnet, die in dieser Untersuchung fehlt.</translation>
    </message>
    <message>
        <source>{title} is an earlier examination; draw on the present one.</source>
        <translation>{title} ist eine frühere Untersuchung; zeichnen Sie auf der aktuellen.</translation>
    </message>
    <message>
        <source>{title} was not acquired in the frame of reference of the axial T2, on which outlines are kept; draw on a series that was.</source>
        <translation>{title} wurde nicht im Bezugssystem der axialen T2 aufgenommen, auf der Konturen gespeichert werden; zeichnen Sie auf einer Serie, für die dies gilt.</translation>
    </message>
    <message>
        <source>The picture is a slab of {thickness_mm:.0f} mm, in which a pixel has no depth; set the slab to thin before you outline.</source>
        <translation>Das Bild ist ein Slab von {thickness_mm:.0f} mm, in dem ein Pixel keine Tiefe hat; stellen Sie den Slab auf dünn, bevor Sie konturieren.</translation>
    </message>
    <message>
        <source>This plane is turned by {tilt:.1f}° against the voxels of {title}, so that it holds no slice to outline; set the planes straight along the series, or use the 3D brush.</source>
        <translation>Diese Ebene ist um {tilt:.1f}° gegen die Voxel von {title} gedreht und enthält daher keine Schicht zum Konturieren; stellen Sie die Ebenen entlang der Serie gerade, oder verwenden Sie den 3D-Pinsel.</translation>
    </message>
    <message>
        <source>{label} was rejected; take the rejection back before you change its outline.</source>
        <translation>{label} wurde abgelehnt; nehmen Sie die Ablehnung zurück, bevor Sie die Kontur ändern.</translation>
    </message>
    <message>
        <source>The prostate is not outlined yet; run the AI first.</source>
        <translation>Die Prostata ist noch nicht konturiert; starten Sie zuerst die KI.</translation>
    </message>
    <message>
        <source>The outline was changed meanwhile, so this stroke was not kept; draw it again.</source>
        <translation>Die Kontur wurde inzwischen geändert, daher wurde dieser Strich nicht übernommen; zeichnen Sie ihn erneut.</translation>
    </message>
    <message>
        <source>There is no outline in hand; select a lesion or draw one first.</source>
        <translation>Es ist keine Kontur gewählt; wählen Sie eine Läsion aus, oder zeichnen Sie zuerst eine.</translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation>Vorschau des Befunds</translation>
    </message>
    <message>
        <source>Drawing the report…</source>
        <translation>Befund wird aufgebaut…</translation>
    </message>
    <message>
        <source>Page {number} of {len}</source>
        <translation>Seite {number} von {len}</translation>
    </message>
    <message>
        <source>peripheral zone</source>
        <translation>periphere Zone</translation>
    </message>
    <message>
        <source>transition zone</source>
        <translation>Transitionszone</translation>
    </message>
    <message>
        <source>Diameter of the new lesion in millimetres</source>
        <translation>Durchmesser der neuen Läsion in Millimetern</translation>
    </message>
    <message>
        <source>Diameter</source>
        <translation>Durchmesser</translation>
    </message>
    <message>
        <source>Click the middle of the lesion in any image.</source>
        <translation>Klicken Sie in einem beliebigen Bild auf die Mitte der Läsion.</translation>
    </message>
    <message>
        <source>Outlines on the prior&apos;s images are those of the present study, for the place.</source>
        <translation>Konturen auf den Bildern der Voruntersuchung sind die der aktuellen Untersuchung und zeigen nur den Ort.</translation>
    </message>
    <message>
        <source>Fetching</source>
        <translation>Abruf</translation>
    </message>
    <message>
        <source>The prior could not be opened: {sentence}</source>
        <translation>Die Voruntersuchung konnte nicht geöffnet werden: {sentence}</translation>
    </message>
    <message>
        <source>Offered because {why}.</source>
        <translation>Vorgeschlagen, weil {why}.</translation>
    </message>
    <message>
        <source>{count} priors</source>
        <translation>{count} Voruntersuchungen</translation>
    </message>
    <message>
        <source>1 prior</source>
        <translation>1 Voruntersuchung</translation>
    </message>
    <message>
        <source>Earlier MR studies of this patient; choose one to hang it beside this study</source>
        <translation>Frühere MR-Untersuchungen dieses Patienten; wählen Sie eine aus, um sie neben diese Untersuchung zu hängen</translation>
    </message>
    <message>
        <source>Not fetched yet: {problem}</source>
        <translation>Noch nicht abgerufen: {problem}</translation>
    </message>
    <message>
        <source>{prior} · on this machine</source>
        <translation>{prior} · auf diesem Rechner</translation>
    </message>
    <message>
        <source>Priors unknown</source>
        <translation>Vorunters. unbekannt</translation>
    </message>
    <message>
        <source>Priors could not be looked for: {sentence}</source>
        <translation>Nach Voruntersuchungen konnte nicht gesucht werden: {sentence}</translation>
    </message>
    <message>
        <source>Prior {fraction:.0%}</source>
        <translation>Vorunters. {fraction:.0%}</translation>
    </message>
    <message>
        <source>No prior hangs beside this study.</source>
        <translation>Neben dieser Untersuchung hängt keine Voruntersuchung.</translation>
    </message>
    <message>
        <source>It has no report that was signed here, so lesions are not compared.</source>
        <translation>Dazu gibt es keinen hier unterschriebenen Befund; Läsionen werden daher nicht verglichen.</translation>
    </message>
    <message>
        <source>Neither examination has a reported lesion.</source>
        <translation>Keine der beiden Untersuchungen hat eine Läsion im Befund.</translation>
    </message>
    <message>
        <source>Read: {title}</source>
        <translation>Lesen: {title}</translation>
    </message>
    <message>
        <source>Prior {label}, {label_2}: no longer reported</source>
        <translation>Früher {label}, {label_2}: nicht mehr im Befund</translation>
    </message>
    <message>
        <source>{label}: new, {long_axis_mm:.0f} mm, PI-RADS {category}</source>
        <translation>{label}: neu, {long_axis_mm:.0f} mm, PI-RADS {category}</translation>
    </message>
    <message>
        <source>ADC {adc_mean:.0f} ({signed}{nbsp}%)</source>
        <translation>ADC {adc_mean:.0f} ({signed}{nbsp}%)</translation>
    </message>
    <message>
        <source>PI-RADS {category} (was {category_2})</source>
        <translation>PI-RADS {category} (zuvor {category_2})</translation>
    </message>
    <message>
        <source>{label} (before: {label_2}): {list}</source>
        <translation>{label} (zuvor: {label_2}): {list}</translation>
    </message>
    <message>
        <source>was {long_axis_mm:.0f}{nbsp}mm on {on}</source>
        <translation>zuvor {long_axis_mm:.0f}{nbsp}mm am {on}</translation>
    </message>
    <message>
        <source>Report of the prior</source>
        <translation>Befund der Voruntersuchung</translation>
    </message>
    <message>
        <source>The prior of {day} hangs beside this study. {problem}</source>
        <translation>Die Voruntersuchung ({day}) hängt neben dieser Untersuchung. {problem}</translation>
    </message>
    <message>
        <source>aligned with this one on the prostate</source>
        <translation>an der Prostata auf diese ausgerichtet</translation>
    </message>
    <message>
        <source>linked by the scanner&apos;s positions</source>
        <translation>über die Scannerpositionen verknüpft</translation>
    </message>
    <message>
        <source>The prior of {day} hangs beside this study, {how}; check the alignment before you compare.</source>
        <translation>Die Voruntersuchung ({day}) hängt neben dieser Untersuchung, {how}; prüfen Sie die Ausrichtung, bevor Sie vergleichen.</translation>
    </message>
    <message>
        <source>unknown date</source>
        <translation>unbekanntes Datum</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>Ellipsoid</source>
        <translation>Ellipsoid</translation>
    </message>
    <message>
        <source>PSA density</source>
        <translation>PSA-Dichte</translation>
    </message>
    <message>
        <source>Assessed as</source>
        <translation>Bewertet als</translation>
    </message>
    <message>
        <source>Segmented by {name} {version}</source>
        <translation>Segmentiert von {name} {version}</translation>
    </message>
    <message>
        <source>Run AI to measure</source>
        <translation>Zum Messen KI starten</translation>
    </message>
    <message>
        <source>ng/mL², PSA over gland volume</source>
        <translation>ng/mL², PSA durch Prostatavolumen</translation>
    </message>
    <message>
        <source>π/6 × {length} × {width} × {depth} mm: length and depth mid-sagittal, width axial, of the outline</source>
        <translation>π/6 × {length} × {width} × {depth} mm: Länge und Tiefe mittsagittal, Breite axial, am Umriss</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>Nicht gemessen</translation>
    </message>
    <message>
        <source>Needs the gland: Run AI</source>
        <translation>Benötigt die Prostata: KI starten</translation>
    </message>
    <message>
        <source>Needs the PSA: type it into the bar above</source>
        <translation>Benötigt den PSA-Wert: oben in die Leiste eingeben</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Image quality in detail</source>
        <translation>Bildqualität im Detail</translation>
    </message>
    <message>
        <source>Image quality and the PI-QUAL form; pressed again, the key confirms the form ({image_quality})</source>
        <translation>Bildqualität und PI-QUAL-Formular; erneut gedrückt, bestätigt die Taste das Formular ({image_quality})</translation>
    </message>
    <message>
        <source>Image quality</source>
        <translation>Bildqualität</translation>
    </message>
    <message>
        <source>Signed reports of this study</source>
        <translation>Signierte Befunde dieser Studie</translation>
    </message>
    <message>
        <source>Reading the signed reports…</source>
        <translation>Signierte Befunde werden gelesen…</translation>
    </message>
    <message>
        <source>Tumour board</source>
        <translation>Tumorkonferenz</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>De-identified: no name, number, date or UID of the patient</source>
        <translation>De-identifiziert: kein Name, keine Nummer, kein Datum, keine UID des Patienten</translation>
    </message>
    <message>
        <source>De-identified targets fit the patient&apos;s own images no more: for targeting, name the patient.</source>
        <translation>De-identifizierte Ziele passen nicht mehr auf die Bilder des Patienten: für die Biopsie mit Namen ausgeben.</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Page and biopsy targets</source>
        <translation>Seite und Biopsieziele</translation>
    </message>
    <message>
        <source>One page (PDF), the lesions as SEG, RTSTRUCT and STL, and their places as CSV, in a new folder below:</source>
        <translation>Eine Seite (PDF), die Läsionen als SEG, RTSTRUCT und STL und ihre Orte als CSV, in einem neuen Ordner unter:</translation>
    </message>
    <message>
        <source>A folder for the tumour board</source>
        <translation>Ein Ordner für die Tumorkonferenz</translation>
    </message>
    <message>
        <source>Choose a folder first.</source>
        <translation>Wählen Sie zuerst einen Ordner.</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Wird geschrieben …</translation>
    </message>
    <message>
        <source>The report that it follows is not on this machine or cannot be read.</source>
        <translation>Der Befund, auf den er folgt, ist nicht auf diesem Rechner oder nicht lesbar.</translation>
    </message>
    <message>
        <source>Not judged yet: headers and pixels are checked when the AI runs.</source>
        <translation>Noch nicht beurteilt: Kopfdaten und Bildpunkte werden geprüft, wenn die KI läuft.</translation>
    </message>
    <message>
        <source>Report PI-QUAL as it stands here ({image_quality})</source>
        <translation>PI-QUAL wie hier angegeben in den Befund übernehmen ({image_quality})</translation>
    </message>
    <message>
        <source>PI-QUAL version 2</source>
        <translation>PI-QUAL Version 2</translation>
    </message>
    <message>
        <source>Confirm, the {n} open ones as met</source>
        <translation>Bestätigen, {n} offene als erfüllt</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>PI-QUAL 1: PI-RADS categories should not be assigned.</source>
        <translation>PI-QUAL 1: PI-RADS-Kategorien sollten nicht vergeben werden.</translation>
    </message>
    <message>
        <source>{n} open</source>
        <translation>{n} offen</translation>
    </message>
    <message>
        <source>A condition: without it the sequence scores 0.</source>
        <translation>Eine Bedingung: Ohne sie erhält die Sequenz 0 Punkte.</translation>
    </message>
    <message>
        <source>Met</source>
        <translation>Erfüllt</translation>
    </message>
    <message>
        <source>Not met</source>
        <translation>Nicht erfüllt</translation>
    </message>
    <message>
        <source>PI-QUAL {n}, {meaning}</source>
        <translation>PI-QUAL {n}, {meaning}</translation>
    </message>
    <message>
        <source>PI-QUAL not confirmed</source>
        <translation>PI-QUAL nicht bestätigt</translation>
    </message>
    <message>
        <source>Every check passed.</source>
        <translation>Alle Prüfungen bestanden.</translation>
    </message>
    <message>
        <source>The picture was lost.</source>
        <translation>Das Bild ist verloren gegangen.</translation>
    </message>
    <message>
        <source>Waits for your choice: it is not certain which series this is</source>
        <translation>Wartet auf Ihre Wahl: Es ist nicht sicher, welche Serie das ist</translation>
    </message>
    <message>
        <source> You chose it last for such a study.</source>
        <translation> Sie haben es zuletzt für eine solche Untersuchung gewählt.</translation>
    </message>
    <message>
        <source>The hanging protocol {protocol_id} is not offered for this study.</source>
        <translation>Das Hanging-Protokoll {protocol_id} wird für diese Untersuchung nicht angeboten.</translation>
    </message>
    <message>
        <source>A grid has 1 to {largest_grid} rows and columns, not {rows} × {columns}.</source>
        <translation>Ein Raster hat 1 bis {largest_grid} Zeilen und Spalten, nicht {rows} × {columns}.</translation>
    </message>
    <message>
        <source>{title} hangs where you put it: {reason}.</source>
        <translation>{title} hängt, wo Sie die Serie platziert haben: {reason}.</translation>
    </message>
    <message>
        <source>No viewport shows {value}; choose a layout that has it, or drag the series into one.</source>
        <translation>Kein Bildfenster zeigt {value}; wählen Sie ein Layout, das diese Serie enthält, oder ziehen Sie sie in ein Bildfenster.</translation>
    </message>
    <message>
        <source>Loading {title} …</source>
        <translation>{title} wird geladen …</translation>
    </message>
    <message>
        <source>No series hangs in the active viewport, so there is nothing to link.</source>
        <translation>Im aktiven Bildfenster hängt keine Serie; es gibt also nichts zu verknüpfen.</translation>
    </message>
    <message>
        <source>{title} needs no link: choose a viewport whose series says “Other frame”.</source>
        <translation>{title} braucht keine Verknüpfung: Wählen Sie ein Bildfenster, dessen Serie „Anderer Bezug“ zeigt.</translation>
    </message>
    <message>
        <source>Back to the worklist</source>
        <translation>Zurück zur Arbeitsliste</translation>
    </message>
    <message>
        <source>Back to the worklist ({leave}); the draft is kept</source>
        <translation>Zurück zur Arbeitsliste ({leave}); der Entwurf bleibt erhalten</translation>
    </message>
    <message>
        <source>Clinical indication</source>
        <translation>Klinische Indikation</translation>
    </message>
    <message>
        <source>Why the examination was asked for</source>
        <translation>Weshalb die Untersuchung angefordert wurde</translation>
    </message>
    <message>
        <source>Language: {language}</source>
        <translation>Sprache: {language}</translation>
    </message>
    <message>
        <source>Language of the report</source>
        <translation>Sprache des Befundes</translation>
    </message>
    <message>
        <source>Macros: .name and Tab or Space</source>
        <translation>Textbausteine: .name und Tab oder Leertaste</translation>
    </message>
    <message>
        <source>Macros</source>
        <translation>Textbausteine</translation>
    </message>
    <message>
        <source>reported</source>
        <translation>befundet</translation>
    </message>
    <message>
        <source>index lesion</source>
        <translation>Indexläsion</translation>
    </message>
    <message>
        <source>sector</source>
        <translation>Sektor</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>EPE</source>
        <translation>EPE</translation>
    </message>
    <message>
        <source>comment</source>
        <translation>Kommentar</translation>
    </message>
    <message>
        <source>indication</source>
        <translation>Indikation</translation>
    </message>
    <message>
        <source>prostate volume</source>
        <translation>Prostatavolumen</translation>
    </message>
    <message>
        <source>sequences</source>
        <translation>Sequenzen</translation>
    </message>
    <message>
        <source>notes of the analysis</source>
        <translation>Hinweise der Auswertung</translation>
    </message>
    <message>
        <source>right seminal vesicle</source>
        <translation>rechte Samenblase</translation>
    </message>
    <message>
        <source>left seminal vesicle</source>
        <translation>linke Samenblase</translation>
    </message>
    <message>
        <source>right neurovascular bundle</source>
        <translation>rechtes neurovaskuläres Bündel</translation>
    </message>
    <message>
        <source>left neurovascular bundle</source>
        <translation>linkes neurovaskuläres Bündel</translation>
    </message>
    <message>
        <source>lymph nodes</source>
        <translation>Lymphknoten</translation>
    </message>
    <message>
        <source>bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Impression</source>
        <translation>Beurteilung</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>{label} is new</source>
        <translation>{label} ist neu</translation>
    </message>
    <message>
        <source>{label} is no longer reported</source>
        <translation>{label} wird nicht mehr befundet</translation>
    </message>
    <message>
        <source>{part}: {words}: your text was written before</source>
        <translation>{part}: {words}: Ihr Text ist älter</translation>
    </message>
    <message>
        <source>{part}: it is not known what changed since you wrote your text</source>
        <translation>{part}: Was sich seit Ihrem Text geändert hat, ist nicht bekannt</translation>
    </message>
    <message>
        <source>Indication</source>
        <translation>Indikation</translation>
    </message>
    <message>
        <source>Report draft</source>
        <translation>Befundentwurf</translation>
    </message>
    <message>
        <source>Use automatic text</source>
        <translation>Automatischer Text</translation>
    </message>
    <message>
        <source>your own text</source>
        <translation>eigener Text</translation>
    </message>
    <message>
        <source>writes itself</source>
        <translation>schreibt sich selbst</translation>
    </message>
    <message>
        <source>My text stands</source>
        <translation>Mein Text gilt</translation>
    </message>
    <message>
        <source>▲ It is not known what changed since you wrote this. Compare it with the automatic text.</source>
        <translation>▲ Was sich geändert hat, seit Sie dies schrieben, ist nicht bekannt. Vergleichen Sie mit dem automatischen Text.</translation>
    </message>
    <message>
        <source>▲ Changed after you wrote this:</source>
        <translation>▲ Geändert, nachdem Sie dies schrieben:</translation>
    </message>
    <message>
        <source>Take “{sentence}”</source>
        <translation>„{sentence}“ übernehmen</translation>
    </message>
    <message>
        <source>Remove “{sentence}”</source>
        <translation>„{sentence}“ entfernen</translation>
    </message>
    <message>
        <source>Save draft</source>
        <translation>Entwurf speichern</translation>
    </message>
    <message>
        <source>Save the draft now ({save}); it also saves itself</source>
        <translation>Den Entwurf jetzt speichern ({save}); er wird auch automatisch gespeichert</translation>
    </message>
    <message>
        <source>Sign &amp;&amp; send…</source>
        <translation>Unterschreiben &amp;&amp; senden…</translation>
    </message>
    <message>
        <source>Sign and send</source>
        <translation>Unterschreiben und senden</translation>
    </message>
    <message>
        <source>See the report, sign it and send it to the archive ({sign})</source>
        <translation>Den Befund ansehen, unterschreiben und an das Archiv senden ({sign})</translation>
    </message>
    <message>
        <source>Risk of csPCa {risk} % ({low}–{high}): from PI-RADS {category}, PSA density {density}, age {age} · PI-CAI marksheet, research</source>
        <translation>Risiko für csPCa {risk} % ({low}–{high}): aus PI-RADS {category}, PSA-Dichte {density}, Alter {age} · PI-CAI-Daten, Forschung</translation>
    </message>
    <message>
        <source>Risk of csPCa not estimated: {missing} missing</source>
        <translation>Risiko für csPCa nicht geschätzt: {missing} fehlt</translation>
    </message>
    <message>
        <source>Risk of csPCa not estimated: {reasons}</source>
        <translation>Risiko für csPCa nicht geschätzt: {reasons}</translation>
    </message>
    <message>
        <source>Probability of ISUP ≥ 2 for the patient by a logistic regression on {cases} examinations ({events} with csPCa) of three centres, public PI-CAI marksheet. Research use: it changes neither category nor impression.

In brackets: 95 % interval of the model, which does not include the differences between centres and readers: in another centre the risk may be well off. Most examinations with PI-RADS 1 or 2 were not biopsied and count as without csPCa. Volumes were the centres&apos; own; yours may be measured otherwise.

Only for men who are examined for suspected cancer, PSA density {density}, age {age}.</source>
        <translation>Wahrscheinlichkeit von ISUP ≥ 2 für den Patienten nach einer logistischen Regression an {cases} Untersuchungen ({events} mit csPCa) aus drei Zentren, öffentliche PI-CAI-Tabelle. Nur für die Forschung: Sie ändert weder Kategorie noch Beurteilung.

In Klammern: 95-%-Intervall des Modells; es enthält nicht die Unterschiede zwischen Zentren und Befundern: In einem anderen Zentrum kann das Risiko deutlich abweichen. Die meisten Untersuchungen mit PI-RADS 1 oder 2 wurden nicht biopsiert und zählen als ohne csPCa. Die Volumina sind die der Zentren; Ihres ist vielleicht anders gemessen.

Nur für Männer, die wegen Krebsverdachts untersucht werden, PSA-Dichte {density}, Alter {age}.</translation>
    </message>
    <message>
        <source>ng/mL²</source>
        <translation>ng/ml²</translation>
    </message>
    <message>
        <source>years</source>
        <translation>Jahre</translation>
    </message>
    <message>
        <source>PI-RADS category 1 to 5 of the examination</source>
        <translation>PI-RADS-Kategorie 1 bis 5 der Untersuchung</translation>
    </message>
    <message>
        <source>PSA</source>
        <translation>PSA</translation>
    </message>
    <message>
        <source>gland volume</source>
        <translation>Prostatavolumen</translation>
    </message>
    <message>
        <source>age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>age outside of {range}, for which there is data</source>
        <translation>Alter außerhalb von {range}, wofür es Daten gibt</translation>
    </message>
    <message>
        <source>PSA density outside of {range}, for which there is data</source>
        <translation>PSA-Dichte außerhalb von {range}, wofür es Daten gibt</translation>
    </message>
    <message>
        <source>{low} to {high} {unit}</source>
        <translation>{low} bis {high} {unit}</translation>
    </message>
    <message>
        <source>It is not certain which series is the {name}: {why}.</source>
        <translation>Es ist nicht sicher, welche Serie „{name}“ ist: {why}.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Which series is the {name}?</source>
        <translation>Welche Serie ist „{name}“?</translation>
    </message>
    <message>
        <source>Use as {name}</source>
        <translation>Als {name} verwenden</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>It cannot be told from the images&apos; headers: {why}. Your choice is kept for this scanner and protocol.</source>
        <translation>Aus den Bild-Headern geht es nicht hervor: {why}. Ihre Wahl wird für diesen Scanner und dieses Protokoll gespeichert.</translation>
    </message>
    <message>
        <source>without description</source>
        <translation>ohne Beschreibung</translation>
    </message>
    <message>
        <source>confidence {percent} %</source>
        <translation>Konfidenz {percent} %</translation>
    </message>
    <message>
        <source>Se {value} · {named}{b_words} · {sure}</source>
        <translation>Se {value} · {named}{b_words} · {sure}</translation>
    </message>
    <message>
        <source>Use as</source>
        <translation>Verwenden als</translation>
    </message>
    <message>
        <source>Nothing: leave it out</source>
        <translation>Nichts: weglassen</translation>
    </message>
    <message>
        <source>Forget what was chosen for this scanner and protocol</source>
        <translation>Auswahl für diesen Scanner und dieses Protokoll vergessen</translation>
    </message>
    <message>
        <source>Score {score}</source>
        <translation>Score {score}</translation>
    </message>
    <message>
        <source>X: inadequate or absent</source>
        <translation>X: inadäquat oder fehlend</translation>
    </message>
    <message>
        <source>DCE positive: focal and early enhancement</source>
        <translation>DCE positiv: fokale und frühe Anreicherung</translation>
    </message>
    <message>
        <source>DCE not acquired or inadequate</source>
        <translation>DCE nicht aufgenommen oder inadäquat</translation>
    </message>
    <message>
        <source>n/a</source>
        <translation>n. v.</translation>
    </message>
    <message>
        <source>No extraprostatic extension</source>
        <translation>Keine extraprostatische Ausdehnung</translation>
    </message>
    <message>
        <source>Possible extraprostatic extension</source>
        <translation>Mögliche extraprostatische Ausdehnung</translation>
    </message>
    <message>
        <source>poss.</source>
        <translation>mögl.</translation>
    </message>
    <message>
        <source>Definite extraprostatic extension</source>
        <translation>Eindeutige extraprostatische Ausdehnung</translation>
    </message>
    <message>
        <source>def.</source>
        <translation>eind.</translation>
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
        <translation>Nach den Regeln der peripheren Zone bewerten: DWI entscheidet</translation>
    </message>
    <message>
        <source>Score by the rules of the transition zone: T2W decides</source>
        <translation>Nach den Regeln der Transitionszone bewerten: T2W entscheidet</translation>
    </message>
    <message>
        <source>Sector map: base, mid and apex, the patient&apos;s right on the left</source>
        <translation>Sektorkarte: Basis, Mitte und Apex, rechte Patientenseite links</translation>
    </message>
    <message>
        <source>Drag it into a viewport, or press Enter; right-click to use it as something else.</source>
        <translation>In ein Bildfenster ziehen oder Enter drücken; Rechtsklick, um sie anders zu verwenden.</translation>
    </message>
    <message>
        <source>Se {number} · 1 image</source>
        <translation>Se {number} · 1 Bild</translation>
    </message>
    <message>
        <source>Se {number} · {images} images</source>
        <translation>Se {number} · {images} Bilder</translation>
    </message>
    <message>
        <source>Confidence {percent} %</source>
        <translation>Konfidenz {percent} %</translation>
    </message>
    <message>
        <source>not used: </source>
        <translation>nicht verwendet: </translation>
    </message>
    <message>
        <source>The series of the study will be here</source>
        <translation>Hier erscheinen die Serien der Untersuchung</translation>
    </message>
    <message>
        <source>Series of the study</source>
        <translation>Serien der Untersuchung</translation>
    </message>
    <message>
        <source>Choose a line and press Enter to give it another key, or Backspace to give it the delivered one back.</source>
        <translation>Wählen Sie eine Zeile und drücken Sie Enter, um ihr eine andere Taste zu geben, oder die Rücktaste für die Standardtaste.</translation>
    </message>
    <message>
        <source>Keys and what they do</source>
        <translation>Tasten und ihre Funktion</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>“{keys}” cannot be changed.</source>
        <translation>„{keys}“ kann nicht geändert werden.</translation>
    </message>
    <message>
        <source>Press the new key for “{words}”; Esc leaves it as it is.</source>
        <translation>Drücken Sie die neue Taste für „{words}“; Esc lässt sie unverändert.</translation>
    </message>
    <message>
        <source>{error} Press another key, or Esc.</source>
        <translation>{error} Drücken Sie eine andere Taste oder Esc.</translation>
    </message>
    <message>
        <source>{words} now stands for “{words_2}”.</source>
        <translation>{words} steht jetzt für „{words_2}“.</translation>
    </message>
    <message>
        <source>{delivered} stands for “{words}” again.</source>
        <translation>{delivered} steht wieder für „{words}“.</translation>
    </message>
    <message>
        <source>Every key is as it was delivered.</source>
        <translation>Alle Tasten sind wieder auf Standard.</translation>
    </message>
    <message>
        <source>Save the list of keys</source>
        <translation>Tastenliste speichern</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>The list is in {path}.</source>
        <translation>Die Liste liegt in {path}.</translation>
    </message>
    <message>
        <source>Search a key, or what it does</source>
        <translation>Taste oder Funktion suchen</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation>Als PDF speichern…</translation>
    </message>
    <message>
        <source>Keys of Prosector</source>
        <translation>Tasten von Prosector</translation>
    </message>
    <message>
        <source>{words}  (delivered: {delivered})</source>
        <translation>{words}  (Standard: {delivered})</translation>
    </message>
    <message>
        <source>Before you sign</source>
        <translation>Vor dem Unterschreiben</translation>
    </message>
    <message>
        <source>Sign and send report</source>
        <translation>Befund unterschreiben und senden</translation>
    </message>
    <message>
        <source>Opening the key</source>
        <translation>Schlüssel wird geöffnet</translation>
    </message>
    <message>
        <source>Drawing and signing the report</source>
        <translation>Befund wird erstellt und unterschrieben</translation>
    </message>
    <message>
        <source>Signed and sent. {name} holds every object; the report was read back and its signature is intact.</source>
        <translation>Unterschrieben und gesendet. {name} enthält alle Objekte; der Befund wurde zurückgelesen, und seine Unterschrift ist intakt.</translation>
    </message>
    <message>
        <source>Signed and sent. {name} took every object and has yet to answer that it keeps them; the outbox waits for that.</source>
        <translation>Signiert und gesendet. {name} hat alle Objekte angenommen und muss noch bestätigen, dass es sie aufbewahrt; der Ausgang wartet darauf.</translation>
    </message>
    <message>
        <source>{sentence} The report is signed and kept on this machine; nothing is lost. It is sent by itself when that is possible; the outbox lamp tells.</source>
        <translation>{sentence} Der Befund ist signiert und auf diesem Gerät gespeichert; nichts ist verloren. Er wird von selbst gesendet, sobald das möglich ist; die Lampe des Ausgangs zeigt es.</translation>
    </message>
    <message>
        <source>Sending…</source>
        <translation>Wird gesendet…</translation>
    </message>
    <message>
        <source>Sign as preliminary &amp;&amp; send</source>
        <translation>Vorläufig signieren &amp;&amp; senden</translation>
    </message>
    <message>
        <source>Signing…</source>
        <translation>Wird signiert…</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message>
        <source>Sign &amp;&amp; send</source>
        <translation>Unterschreiben &amp;&amp; senden</translation>
    </message>
    <message>
        <source>Comparing with the signed report…</source>
        <translation>Vergleich mit dem signierten Befund…</translation>
    </message>
    <message>
        <source>Signed report</source>
        <translation>Unterschriebener Befund</translation>
    </message>
    <message>
        <source>Follows the preliminary report</source>
        <translation>Folgt auf den vorläufigen Befund</translation>
    </message>
    <message>
        <source>Addendum to the report</source>
        <translation>Nachtrag zum Befund</translation>
    </message>
    <message>
        <source>Corrects the report</source>
        <translation>Korrigiert den Befund</translation>
    </message>
    <message>
        <source>A report of this study is signed already and waits to be sent. Send that one, or sign this one anew.</source>
        <translation>Ein Befund dieser Untersuchung ist bereits unterschrieben und wartet auf den Versand. Senden Sie diesen, oder unterschreiben Sie den vorliegenden neu.</translation>
    </message>
    <message>
        <source>Send that one</source>
        <translation>Diesen senden</translation>
    </message>
    <message>
        <source>PI-RADS –</source>
        <translation>PI-RADS –</translation>
    </message>
    <message>
        <source>Will be stored in {name}</source>
        <translation>Wird in {name} gespeichert</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>I have reviewed the images and the AI findings,
and this report is my own interpretation.</source>
        <translation>Ich habe die Bilder und die KI-Befunde geprüft,
und dieser Befund ist meine eigene Beurteilung.</translation>
    </message>
    <message>
        <source>Enter confirms, signs and sends; the space bar only confirms.</source>
        <translation>Enter bestätigt, unterschreibt und sendet; die Leertaste bestätigt nur.</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Unterschrift</translation>
    </message>
    <message>
        <source>Stamped by {authority}</source>
        <translation>Zeitstempel von {authority}</translation>
    </message>
    <message>
        <source>{subject} · RSA {bits} · valid to {until:%Y-%m-%d}</source>
        <translation>{subject} · RSA {bits} · gültig bis {until:%Y-%m-%d}</translation>
    </message>
    <message>
        <source>Choose the key file</source>
        <translation>Schlüsseldatei wählen</translation>
    </message>
    <message>
        <source>A PKCS#12 file (.p12 or .pfx) with your key and certificate</source>
        <translation>Eine PKCS#12-Datei (.p12 oder .pfx) mit Ihrem Schlüssel und Zertifikat</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Befunder</translation>
    </message>
    <message>
        <source>Passphrase of the key</source>
        <translation>Passphrase des Schlüssels</translation>
    </message>
    <message>
        <source>Reader&apos;s name</source>
        <translation>Name des Befunders</translation>
    </message>
    <message>
        <source>Your name: Family^Given or Family, Given</source>
        <translation>Ihr Name: Nachname^Vorname oder Nachname, Vorname</translation>
    </message>
    <message>
        <source>As it stands in the signed report: Family^Given^Middle^Prefix, or Family, Given</source>
        <translation>Wie im unterschriebenen Befund: Nachname^Vorname^Zweitname^Titel, oder Nachname, Vorname</translation>
    </message>
    <message>
        <source>Key to sign with</source>
        <translation>Schlüssel zum Unterschreiben</translation>
    </message>
    <message>
        <source>Where the key is</source>
        <translation>Wo der Schlüssel ist</translation>
    </message>
    <message>
        <source>Smart card or token</source>
        <translation>Chipkarte oder Token</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>Schlüsseldatei</translation>
    </message>
    <message>
        <source>Preliminary: another reader will verify it</source>
        <translation>Vorläufig: Ein anderer Befunder gibt ihn frei</translation>
    </message>
    <message>
        <source>PIN of the token</source>
        <translation>PIN des Tokens</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>{name}: opened by its PIN</source>
        <translation>{name}: wird mit der PIN geöffnet</translation>
    </message>
    <message>
        <source>No key chosen yet</source>
        <translation>Noch kein Schlüssel gewählt</translation>
    </message>
    <message>
        <source>{name}: opened by its passphrase</source>
        <translation>{name}: mit seiner Passphrase geöffnet</translation>
    </message>
    <message>
        <source>This viewport shows no series.</source>
        <translation>Dieses Bildfenster zeigt keine Serie.</translation>
    </message>
    <message>
        <source>Registering {share:.0%}</source>
        <translation>Registrierung {share:.0%}</translation>
    </message>
    <message>
        <source>This viewport shows no series, so none of its pixels has a place in the patient.</source>
        <translation>Dieses Bildfenster zeigt keine Serie; keines seiner Pixel hat einen Ort im Patienten.</translation>
    </message>
    <message>
        <source>Im {number_of} / {slice_count}</source>
        <translation>Bild {number_of} / {slice_count}</translation>
    </message>
    <message>
        <source>The crosshair lies outside of this series.</source>
        <translation>Das Fadenkreuz liegt außerhalb dieser Serie.</translation>
    </message>
    <message>
        <source>No series of this study can be cut: it has no images with a place in the patient.</source>
        <translation>Keine Serie dieser Untersuchung kann geschnitten werden: Sie hat keine Bilder mit einem Ort im Patienten.</translation>
    </message>
    <message>
        <source>Scroll</source>
        <translation>Blättern</translation>
    </message>
    <message>
        <source>Drag to go through the slices</source>
        <translation>Ziehen, um durch die Schichten zu blättern</translation>
    </message>
    <message>
        <source>Drag to change window and level</source>
        <translation>Ziehen, um die Fensterung zu ändern</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Drag to zoom</source>
        <translation>Ziehen, um zu zoomen</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Drag to move the image</source>
        <translation>Ziehen, um das Bild zu verschieben</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>Fadenkreuz</translation>
    </message>
    <message>
        <source>Click or drag to show the same point in every series</source>
        <translation>Klicken oder ziehen, um denselben Punkt in allen Serien zu zeigen</translation>
    </message>
    <message>
        <source>Show or hide the outlines of prostate and lesions ({overlays}); look underneath: {look_underneath}</source>
        <translation>Umrisse von Prostata und Läsionen ein- oder ausblenden ({overlays}); darunter sehen: {look_underneath}</translation>
    </message>
    <message>
        <source>Opacity of the overlays in percent</source>
        <translation>Deckkraft der Overlays in Prozent</translation>
    </message>
    <message>
        <source>How strongly the overlays show</source>
        <translation>Wie kräftig die Overlays erscheinen</translation>
    </message>
    <message>
        <source>Overlay {state}</source>
        <translation>Overlay {state}</translation>
    </message>
    <message>
        <source>Overlay 100 %</source>
        <translation>Overlay 100 %</translation>
    </message>
    <message>
        <source>Preparing the 3D view…</source>
        <translation>3D-Ansicht wird vorbereitet…</translation>
    </message>
    <message>
        <source>No study is shown in 3D</source>
        <translation>Keine Untersuchung wird in 3D angezeigt</translation>
    </message>
    <message>
        <source>Click here to try again.</source>
        <translation>Klicken Sie hier, um es erneut zu versuchen.</translation>
    </message>
    <message>
        <source>The 3D picture was lost: the graphics driver gave it up.</source>
        <translation>Das 3D-Bild ist verloren gegangen: Der Grafiktreiber hat es aufgegeben.</translation>
    </message>
    <message>
        <source>3D: gland, zones and lesions</source>
        <translation>3D: Prostata, Zonen und Läsionen</translation>
    </message>
    <message>
        <source>Look from {sides}</source>
        <translation>Blick von {sides}</translation>
    </message>
    <message>
        <source>Look from {sides} ({{look_from_{letter}}})</source>
        <translation>Blick von {sides} ({{look_from_{letter}}})</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>What is shown in 3D</source>
        <translation>Was in 3D angezeigt wird</translation>
    </message>
    <message>
        <source>{title} is an earlier examination; click in the present one.</source>
        <translation>{title} ist eine frühere Untersuchung; klicken Sie in der aktuellen.</translation>
    </message>
    <message>
        <source>{title} is not linked with the axial T2.</source>
        <translation>{title} ist nicht mit der axialen T2 verknüpft.</translation>
    </message>
    <message>
        <source>{name} (whole picture)</source>
        <translation>{name} (ganzes Bild)</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>Ganzes Bild</translation>
    </message>
    <message>
        <source>Gland, more contrast</source>
        <translation>Prostata, mehr Kontrast</translation>
    </message>
    <message>
        <source>Brightest of the gland</source>
        <translation>Hellstes der Prostata</translation>
    </message>
    <message>
        <source>ADC 0 to 2500</source>
        <translation>ADC 0 bis 2500</translation>
    </message>
    <message>
        <source>ADC 0 to 1500</source>
        <translation>ADC 0 bis 1500</translation>
    </message>
    <message>
        <source>Between…</source>
        <translation>Zeitraum…</translation>
    </message>
    <message>
        <source>Any date</source>
        <translation>Jedes Datum</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>All time</source>
        <translation>Gesamter Zeitraum</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last 90 days</source>
        <translation>Letzte 90 Tage</translation>
    </message>
    <message>
        <source>Last 12 months</source>
        <translation>Letzte 12 Monate</translation>
    </message>
    <message>
        <source>All readers</source>
        <translation>Alle Befunder</translation>
    </message>
    <message>
        <source>AI model</source>
        <translation>KI-Modell</translation>
    </message>
    <message>
        <source>All AI models</source>
        <translation>Alle KI-Modelle</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>Zeitraum</translation>
    </message>
    <message>
        <source>Kept on this workstation; no patient data</source>
        <translation>Auf diesem Arbeitsplatz; keine Patientendaten</translation>
    </message>
    <message>
        <source>Any modality</source>
        <translation>Alle Modalitäten</translation>
    </message>
    <message>
        <source>Querying…</source>
        <translation>Abfrage…</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Abfragen</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiv</translation>
    </message>
    <message>
        <source>PACS: {name}</source>
        <translation>PACS: {name}</translation>
    </message>
    <message>
        <source>Patient name or ID</source>
        <translation>Patientenname oder ID</translation>
    </message>
    <message>
        <source>Study date</source>
        <translation>Untersuchungsdatum</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>Modalität</translation>
    </message>
    <message>
        <source>Ask the archive for studies (Enter, {query})</source>
        <translation>Untersuchungen im Archiv abfragen (Enter, {query})</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>Dateien importieren</translation>
    </message>
    <message>
        <source>Copy a study from a folder or a CD to this machine ({import_study})</source>
        <translation>Eine Untersuchung aus einem Ordner oder von CD auf diesen Rechner kopieren ({import_study})</translation>
    </message>
    <message>
        <source>This workstation</source>
        <translation>Diese Arbeitsstation</translation>
    </message>
    <message>
        <source>Choose an archive and press Query to see its studies, or import a study from a folder.</source>
        <translation>Wählen Sie ein Archiv und drücken Sie „Abfragen“, um seine Untersuchungen zu sehen, oder importieren Sie eine Untersuchung aus einem Ordner.</translation>
    </message>
    <message>
        <source>No signed report yet. Each report that is signed on this workstation, and each run of the AI, is counted here: what became of the AI&apos;s lesions, how long reports took, how often the AI failed. No patient&apos;s data are kept.</source>
        <translation>Noch kein signierter Befund. Jeder Befund, der an diesem Arbeitsplatz signiert wird, und jeder KI-Lauf zählt hier: was aus den Läsionen der KI wurde, wie lange Befunde dauerten, wie oft die KI versagte. Patientendaten werden nicht aufbewahrt.</translation>
    </message>
    <message>
        <source>Nothing that is kept fits this choice. Choose another reader, model or period.</source>
        <translation>Zu dieser Auswahl gibt es nichts. Wählen Sie einen anderen Befunder, ein anderes Modell oder einen anderen Zeitraum.</translation>
    </message>
    <message>
        <source>Kappa is the quadratic one; times are medians. What differs between few reports is mostly chance, and readers do not read the same patients.</source>
        <translation>Kappa ist das quadratische; Zeiten sind Mediane. Unterschiede zwischen wenigen Befunden sind meist Zufall, und die Befunder sehen nicht dieselben Patienten.</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>Wird gezählt …</translation>
    </message>
    <message>
        <source>Reader {number}</source>
        <translation>Befunder {number}</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Export as CSV</source>
        <translation>Als CSV exportieren</translation>
    </message>
    <message>
        <source>{count} lines, one for each report and run, are in {path}.</source>
        <translation>{count} Zeilen, eine je Befund und Lauf, sind in {path}.</translation>
    </message>
    <message>
        <source>Back to the worklist ({leave})</source>
        <translation>Zurück zur Arbeitsliste ({leave})</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>CSV exportieren …</translation>
    </message>
    <message>
        <source>Export what is chosen as CSV</source>
        <translation>Die Auswahl als CSV exportieren</translation>
    </message>
    <message>
        <source>A line for each report and run of the AI that is chosen, for a spreadsheet</source>
        <translation>Eine Zeile je ausgewähltem Befund und KI-Lauf, für eine Tabellenkalkulation</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>By reader</source>
        <translation>Nach Befunder</translation>
    </message>
    <message>
        <source>By AI model</source>
        <translation>Nach KI-Modell</translation>
    </message>
    <message>
        <source>Open the dashboard</source>
        <translation>Übersicht öffnen</translation>
    </message>
    <message>
        <source>What signed reports and runs of the AI teach ({dashboard})</source>
        <translation>Was signierte Befunde und KI-Läufe lehren ({dashboard})</translation>
    </message>
    <message>
        <source>Asking {name}…</source>
        <translation>{name} wird abgefragt…</translation>
    </message>
    <message>
        <source>{archive} did not answer, so its studies are not known.</source>
        <translation>{archive} hat nicht geantwortet; seine Untersuchungen sind daher nicht bekannt.</translation>
    </message>
    <message>
        <source>The filter hides all {count} studies that are listed.</source>
        <translation>Der Filter verbirgt alle {count} aufgelisteten Untersuchungen.</translation>
    </message>
    <message>
        <source>{shown} of {listed} studies</source>
        <translation>{shown} von {listed} Untersuchungen</translation>
    </message>
    <message>
        <source>{listed} studies</source>
        <translation>{listed} Untersuchungen</translation>
    </message>
    <message>
        <source>1 study</source>
        <translation>1 Untersuchung</translation>
    </message>
    <message>
        <source>older ones are being asked for</source>
        <translation>ältere werden abgefragt</translation>
    </message>
    <message>
        <source>the newest only</source>
        <translation>nur die neuesten</translation>
    </message>
    <message>
        <source>reading AI results</source>
        <translation>KI-Ergebnisse werden gelesen</translation>
    </message>
    <message>
        <source>{who} has claimed this study since {since}.</source>
        <translation>{who} hat diese Untersuchung seit {since} übernommen.</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>{who} has claimed this study since {since}. Open it all the same?</source>
        <translation>{who} hat diese Untersuchung seit {since} übernommen. Trotzdem öffnen?</translation>
    </message>
    <message>
        <source>Open all the same</source>
        <translation>Trotzdem öffnen</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Retrieving from {name}</source>
        <translation>Abruf von {name}</translation>
    </message>
    <message>
        <source>Importing {folder}</source>
        <translation>{folder} wird importiert</translation>
    </message>
    <message>
        <source>Choose again…</source>
        <translation>Neu wählen…</translation>
    </message>
    <message>
        <source>Choose the PACS that the report is to be sent to, then send again.</source>
        <translation>Wählen Sie das PACS, an das der Befund gesendet werden soll, und senden Sie dann erneut.</translation>
    </message>
    <message>
        <source>Sending to {name}</source>
        <translation>Senden an {name}</translation>
    </message>
    <message>
        <source>Run AI</source>
        <translation>KI starten</translation>
    </message>
    <message>
        <source>Segment the gland and look for lesions ({run_ai})</source>
        <translation>Prostata segmentieren und nach Läsionen suchen ({run_ai})</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Cancel the AI</source>
        <translation>KI abbrechen</translation>
    </message>
    <message>
        <source>Stop the AI; nothing is added to the report</source>
        <translation>Die KI abbrechen; dem Befund wird nichts hinzugefügt</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Wird angehalten</translation>
    </message>
    <message>
        <source>about {ceil} s left</source>
        <translation>noch etwa {ceil} s</translation>
    </message>
    <message>
        <source>{count} images are on this machine.</source>
        <translation>{count} Bilder sind auf diesem Rechner.</translation>
    </message>
    <message>
        <source>The signed report is in {archive}, read back and verified.</source>
        <translation>Der unterschriebene Befund ist in {archive}, zurückgelesen und überprüft.</translation>
    </message>
    <message>
        <source>{archive} took the signed report and has yet to answer that it keeps it.</source>
        <translation>{archive} hat den signierten Befund angenommen und muss noch bestätigen, dass es ihn aufbewahrt.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Import the study in this folder</source>
        <translation>Die Untersuchung in diesem Ordner importieren</translation>
    </message>
    <message>
        <source>{archive} has no study that fits. Widen the dates or clear the patient field.</source>
        <translation>{archive} hat keine passende Untersuchung. Erweitern Sie den Zeitraum, oder leeren Sie das Patientenfeld.</translation>
    </message>
    <message>
        <source>{modality} study</source>
        <translation>{modality}-Untersuchung</translation>
    </message>
    <message>
        <source>study</source>
        <translation>Untersuchung</translation>
    </message>
    <message>
        <source>There is no {kind} on this workstation yet. Retrieve one from a PACS, or import it from a folder.</source>
        <translation>Auf dieser Arbeitsstation gibt es noch keine {kind}. Rufen Sie eine aus einem PACS ab, oder importieren Sie eine aus einem Ordner.</translation>
    </message>
    <message>
        <source>{archive} has no {kind}. Choose another archive, or import a study from a folder.</source>
        <translation>{archive} hat keine {kind}. Wählen Sie ein anderes Archiv, oder importieren Sie eine Untersuchung aus einem Ordner.</translation>
    </message>
    <message>
        <source>No study chosen</source>
        <translation>Keine Untersuchung gewählt</translation>
    </message>
    <message>
        <source>Choose a study in the list.</source>
        <translation>Wählen Sie eine Untersuchung in der Liste.</translation>
    </message>
    <message>
        <source>Retrieve again</source>
        <translation>Neu abrufen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open the study, retrieving it first when it is not on this machine (Enter)</source>
        <translation>Die Untersuchung öffnen; ist sie nicht auf diesem Rechner, wird sie zuerst abgerufen (Enter)</translation>
    </message>
    <message>
        <source>Fetch every image of the study to this machine without opening it</source>
        <translation>Alle Bilder der Untersuchung auf diesen Rechner holen, ohne sie zu öffnen</translation>
    </message>
    <message>
        <source>Send the signed report that is kept on this machine</source>
        <translation>Den auf diesem Rechner aufbewahrten unterschriebenen Befund senden</translation>
    </message>
    <message>
        <source>Claim</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Let others read the study.</source>
        <translation>Andere dürfen die Untersuchung lesen.</translation>
    </message>
    <message>
        <source>Tell others that you read this study.</source>
        <translation>Anderen sagen, dass Sie diese Untersuchung lesen.</translation>
    </message>
    <message>
        <source>Claimed by nobody</source>
        <translation>Von niemandem übernommen</translation>
    </message>
    <message>
        <source>Claimed by you since {since}</source>
        <translation>Von Ihnen übernommen seit {since}</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>Auf diesem Rechner</translation>
    </message>
    <message>
        <source>Not on this machine yet; Open fetches it</source>
        <translation>Noch nicht auf diesem Rechner; „Öffnen“ ruft sie ab</translation>
    </message>
    <message>
        <source>date unknown</source>
        <translation>Datum unbekannt</translation>
    </message>
    <message>
        <source>{count} series</source>
        <translation>{count} Serien</translation>
    </message>
    <message>
        <source>{count} images</source>
        <translation>{count} Bilder</translation>
    </message>
    <message>
        <source>Claimed by you</source>
        <translation>Von Ihnen</translation>
    </message>
    <message>
        <source>Being read</source>
        <translation>Wird gelesen</translation>
    </message>
    <message>
        <source>Draft {when}</source>
        <translation>Entwurf {when}</translation>
    </message>
    <message>
        <source>Signed, not sent yet</source>
        <translation>Unterschrieben, nicht gesendet</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>Dringend</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Niedrig</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Limited</source>
        <translation>Begrenzt</translation>
    </message>
    <message>
        <source>Inadequate</source>
        <translation>Ungenügend</translation>
    </message>
    <message>
        <source>Reported</source>
        <translation>Befundet</translation>
    </message>
    <message>
        <source>AI failed</source>
        <translation>KI scheiterte</translation>
    </message>
    <message>
        <source>AI withheld</source>
        <translation>KI ausgesetzt</translation>
    </message>
    <message>
        <source>AI pending</source>
        <translation>KI ausstehend</translation>
    </message>
    <message>
        <source>AI in doubt</source>
        <translation>KI fraglich</translation>
    </message>
    <message>
        <source>No AI</source>
        <translation>Keine KI</translation>
    </message>
    <message>
        <source>No lesion found</source>
        <translation>Keine Läsion gefunden</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Withheld</source>
        <translation>Ausgesetzt</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Ausstehend</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>Nur Konturen</translation>
    </message>
    <message>
        <source>1 lesion</source>
        <translation>1 Läsion</translation>
    </message>
    <message>
        <source>{count} lesions</source>
        <translation>{count} Läsionen</translation>
    </message>
    <message>
        <source>Report in archive</source>
        <translation>Befund im Archiv</translation>
    </message>
    <message>
        <source>Preliminary report</source>
        <translation>Vorläufiger Befund</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Overdue by {time}.</source>
        <translation>Überfällig seit {time}.</translation>
    </message>
    <message>
        <source>Due in {time}.</source>
        <translation>Fällig in {time}.</translation>
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
        <translation>{days} T {hours} h</translation>
    </message>
    <message>
        <source>{days} d</source>
        <translation>{days} T</translation>
    </message>
    <message>
        <source>what the AI says of it is being read</source>
        <translation>was die KI dazu sagt, wird gelesen</translation>
    </message>
    <message>
        <source>the AI suggests PI-RADS {category}</source>
        <translation>die KI schlägt PI-RADS {category} vor</translation>
    </message>
    <message>
        <source>the AI failed: {why}</source>
        <translation>die KI scheiterte: {why}</translation>
    </message>
    <message>
        <source>the AI did not look for lesions: {why}</source>
        <translation>die KI suchte nicht nach Läsionen: {why}</translation>
    </message>
    <message>
        <source>PSA density {density:.2f} ng/mL²</source>
        <translation>PSA-Dichte {density:.2f} ng/mL²</translation>
    </message>
    <message>
        <source>overdue by {time}</source>
        <translation>überfällig seit {time}</translation>
    </message>
    <message>
        <source>ordered as urgent</source>
        <translation>als dringend angefordert</translation>
    </message>
    <message>
        <source>the AI marks lesions without saying how suspicious they are</source>
        <translation>die KI markiert Läsionen, ohne zu sagen, wie verdächtig sie sind</translation>
    </message>
    <message>
        <source>the AI found no lesion, which does not rule one out</source>
        <translation>die KI fand keine Läsion, was keine ausschließt</translation>
    </message>
    <message>
        <source>no result of an AI is in the archive</source>
        <translation>kein KI-Ergebnis ist im Archiv</translation>
    </message>
    <message>
        <source>segmentations are in the archive that tell no suspicion</source>
        <translation>im Archiv sind Segmentierungen, die keinen Verdacht nennen</translation>
    </message>
    <message>
        <source>it waits for the AI, or is being analysed</source>
        <translation>sie wartet auf die KI oder wird analysiert</translation>
    </message>
    <message>
        <source>the images are inadequate, so that a low suspicion is not relied on</source>
        <translation>die Bilder sind ungenügend, auf einen niedrigen Verdacht ist daher kein Verlass</translation>
    </message>
    <message>
        <source>more suspicious than at the prior examination</source>
        <translation>verdächtiger als bei der Voruntersuchung</translation>
    </message>
    <message>
        <source>a preliminary report waits for its verification</source>
        <translation>ein vorläufiger Befund wartet auf seine Bestätigung</translation>
    </message>
    <message>
        <source>a final report is in the archive</source>
        <translation>ein endgültiger Befund ist im Archiv</translation>
    </message>
    <message>
        <source>examined so long ago that it is taken for read elsewhere</source>
        <translation>so lange her, dass sie als anderswo befundet gilt</translation>
    </message>
    <message>
        <source>AI probability {percent} %, calibrated on {patients}</source>
        <translation>KI-Wahrscheinlichkeit {percent} %, kalibriert an {patients}</translation>
    </message>
    <message>
        <source>AI suspicion {score} of 1, which is no rate of cancer</source>
        <translation>KI-Verdacht {score} von 1, was keine Krebsrate ist</translation>
    </message>
    <message>
        <source>more suspicious than on {day}: {changes}</source>
        <translation>verdächtiger als am {day}: {changes}</translation>
    </message>
    <message>
        <source>Studies</source>
        <translation>Untersuchungen</translation>
    </message>
    <message>
        <source>Those that fit</source>
        <translation>So viele wie Platz haben</translation>
    </message>
    <message>
        <source>Show all shortcuts</source>
        <translation>Alle Tastenkürzel anzeigen</translation>
    </message>
    <message>
        <source>All shortcuts ({help})</source>
        <translation>Alle Tastenkürzel ({help})</translation>
    </message>
    <message>
        <source>Signed in: {actor}</source>
        <translation>Angemeldet: {actor}</translation>
    </message>
    <message>
        <source>Looking for OpenGL</source>
        <translation>OpenGL wird gesucht</translation>
    </message>
    <message>
        <source>3D cannot be shown: this machine has no OpenGL 3.2 that works. Ask whoever looks after it for a graphics driver or Mesa&apos;s software one (libegl1, libgl1-mesa-dri); all else works without it.</source>
        <translation>3D kann nicht angezeigt werden: Dieser Rechner hat kein funktionierendes OpenGL 3.2. Bitten Sie die zuständige Administration um einen Grafiktreiber oder den Software-Treiber von Mesa (libegl1, libgl1-mesa-dri); alles andere funktioniert ohne.</translation>
    </message>
    <message>
        <source>ADC</source>
        <translation>ADC</translation>
    </message>
    <message>
        <source>High b</source>
        <translation>High-b</translation>
    </message>
    <message>
        <source>Location</source>
        <translation>Lage</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>Rand</translation>
    </message>
    <message>
        <source>Prior</source>
        <translation>Vorwissen</translation>
    </message>
    <message>
        <source>For (+) and against (−) cancer, in log-odds; together {total}</source>
        <translation>Für (+) und gegen (−) Krebs, in Log-Odds; zusammen {total}</translation>
    </message>
    <message>
        <source>The AI&apos;s map can be laid over once the AI has run on this study.</source>
        <translation>Die KI-Karte kann überlagert werden, sobald die KI für diese Untersuchung gelaufen ist.</translation>
    </message>
    <message>
        <source>The AI&apos;s map of this study is no longer kept on this workstation; run the AI again to lay it over.</source>
        <translation>Die KI-Karte dieser Untersuchung ist auf dieser Arbeitsstation nicht mehr vorhanden; starten Sie die KI erneut, um sie zu überlagern.</translation>
    </message>
    <message>
        <source>no suspicious lesion</source>
        <translation>keine verdächtige Läsion</translation>
    </message>
    <message>
        <source>{count} lesions to review</source>
        <translation>{count} Läsionen zu prüfen</translation>
    </message>
    <message>
        <source>1 lesion to review</source>
        <translation>1 Läsion zu prüfen</translation>
    </message>
    <message>
        <source>The AI found {found}.{kept}</source>
        <translation>KI-Ergebnis: {found}.{kept}</translation>
    </message>
    <message>
        <source>Cannot run: {sentence}</source>
        <translation>Nicht möglich: {sentence}</translation>
    </message>
    <message>
        <source> You can still read and report the study by hand.</source>
        <translation> Sie können die Untersuchung weiterhin ohne KI ansehen und befunden.</translation>
    </message>
    <message>
        <source>The AI was stopped; nothing was added to the report.</source>
        <translation>Die KI wurde abgebrochen; dem Befund wurde nichts hinzugefügt.</translation>
    </message>
    <message>
        <source>Page and targets for the tumour board are in {folder}.</source>
        <translation>Seite und Ziele für die Tumorkonferenz liegen in {folder}.</translation>
    </message>
    <message>
        <source>PRECISE compares with an earlier prostate MR, and none of this patient is known.</source>
        <translation>PRECISE vergleicht mit einer früheren Prostata-MRT; von diesem Patienten ist keine bekannt.</translation>
    </message>
    <message>
        <source>Images, models and program are those of {when}: the answer is kept from then.</source>
        <translation>Bilder, Modelle und Programm sind die vom {when}: Das Ergebnis ist von damals.</translation>
    </message>
    <message>
        <source>PSA in nanograms per millilitre</source>
        <translation>PSA in Nanogramm pro Milliliter</translation>
    </message>
    <message>
        <source>ng/mL</source>
        <translation>ng/mL</translation>
    </message>
    <message>
        <source>Acc {number}</source>
        <translation>Auftr. {number}</translation>
    </message>
    <message>
        <source>{sex} · age unknown</source>
        <translation>{sex} · Alter unbekannt</translation>
    </message>
    <message>
        <source>{sex} {age} y</source>
        <translation>{sex} {age} J.</translation>
    </message>
    <message>
        <source>Sex unknown</source>
        <translation>Geschlecht unbekannt</translation>
    </message>
    <message>
        <source>“{text}” is not a PSA; write a number in ng/mL, such as 7.8.</source>
        <translation>„{text}“ ist kein PSA-Wert; geben Sie eine Zahl in ng/mL ein, z. B. 7,8.</translation>
    </message>
    <message>
        <source>A PSA of {text} ng/mL cannot be right; write a number such as 7.8.</source>
        <translation>Ein PSA-Wert von {text} ng/mL kann nicht stimmen; geben Sie eine Zahl wie 7,8 ein.</translation>
    </message>
    <message>
        <source>Preliminary</source>
        <translation>Vorläufig</translation>
    </message>
    <message>
        <source>Final</source>
        <translation>Endgültig</translation>
    </message>
    <message>
        <source>Addendum</source>
        <translation>Nachtrag</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>Korrigiert</translation>
    </message>
    <message>
        <source>signed by {name}, {when}</source>
        <translation>signiert von {name}, {when}</translation>
    </message>
    <message>
        <source>{words}, written by {author}</source>
        <translation>{words}, verfasst von {author}</translation>
    </message>
    <message>
        <source>Findings and impression are unchanged.</source>
        <translation>Befund und Beurteilung sind unverändert.</translation>
    </message>
    <message>
        <source>No study is open.</source>
        <translation>Es ist keine Studie geöffnet.</translation>
    </message>
    <message>
        <source>Looking for results in the study …</source>
        <translation>Ergebnisse in der Studie werden gesucht …</translation>
    </message>
    <message>
        <source>1 lesion of “{title}” is to be reviewed now.</source>
        <translation>1 Läsion aus „{title}“ ist jetzt zu prüfen.</translation>
    </message>
    <message>
        <source>{count} lesions of “{title}” are to be reviewed now.</source>
        <translation>{count} Läsionen aus „{title}“ sind jetzt zu prüfen.</translation>
    </message>
    <message>
        <source>Reading its lesions</source>
        <translation>Läsionen werden gelesen</translation>
    </message>
    <message>
        <source>The PDF cannot be shown: it is damaged or protected.</source>
        <translation>Das PDF kann nicht gezeigt werden: Es ist beschädigt oder geschützt.</translation>
    </message>
    <message>
        <source>Content of the report</source>
        <translation>Inhalt des Befunds</translation>
    </message>
    <message>
        <source>Content item {position}</source>
        <translation>Inhaltselement {position}</translation>
    </message>
    <message>
        <source>Its window is not applied to the ADC map, whose values are shown in 10⁻⁶ mm²/s here.</source>
        <translation>Seine Fensterung wird nicht auf die ADC-Karte angewandt, deren Werte hier in 10⁻⁶ mm²/s gezeigt werden.</translation>
    </message>
    <message>
        <source>1: resolution of what was suspicious before.</source>
        <translation>1: Rückbildung dessen, was verdächtig war.</translation>
    </message>
    <message>
        <source>2: less; what was suspicious has become smaller or less conspicuous.</source>
        <translation>2: weniger; was verdächtig war, ist kleiner oder weniger auffällig.</translation>
    </message>
    <message>
        <source>3: stable, no new lesion; say whether it is visible (3-V) or not (3-NonV).</source>
        <translation>3: stabil, keine neue Läsion; schreiben Sie, ob sie sichtbar ist (3-V) oder nicht (3-NonV).</translation>
    </message>
    <message>
        <source>4: more; larger, more conspicuous, or a new lesion, confined to the prostate.</source>
        <translation>4: mehr; größer, auffälliger oder eine neue Läsion, auf die Prostata begrenzt.</translation>
    </message>
    <message>
        <source>5: definite progression to stage T3a or higher: beyond the prostate, vesicles, nodes or bone.</source>
        <translation>5: sicherer Progress auf Stadium T3a oder höher: Prostata überschritten, Samenblasen, Lymphknoten oder Knochen.</translation>
    </message>
    <message>
        <source>X: not judged, image quality is insufficient for a comparison.</source>
        <translation>X: nicht beurteilt, die Bildqualität reicht für einen Vergleich nicht.</translation>
    </message>
    <message>
        <source>Earlier examination that PRECISE compares with</source>
        <translation>Frühere Untersuchung, mit der PRECISE vergleicht</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>Was sich verändert hat</translation>
    </message>
    <message>
        <source>What changed, for the report</source>
        <translation>Was sich verändert hat, für den Befund</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Report no PRECISE score</source>
        <translation>Keinen PRECISE-Wert angeben</translation>
    </message>
    <message>
        <source>PRECISE</source>
        <translation>PRECISE</translation>
    </message>
    <message>
        <source>Change in active surveillance, PRECISE version 2 ({precise})</source>
        <translation>Veränderung unter aktiver Überwachung, PRECISE Version 2 ({precise})</translation>
    </message>
    <message>
        <source>against</source>
        <translation>gegenüber</translation>
    </message>
    <message>
        <source>Not scored. Point at a score to read it.</source>
        <translation>Nicht bewertet. Zeigen Sie auf einen Wert, um ihn zu lesen.</translation>
    </message>
    <message>
        <source>Add addendum</source>
        <translation>Nachtrag hinzufügen</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Nothing waits: every report that was signed here has reached its archive.</source>
        <translation>Nichts wartet: Jeder hier signierte Befund hat sein Archiv erreicht.</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>It is sent again now.</source>
        <translation>Es wird jetzt noch einmal gesendet.</translation>
    </message>
    <message>
        <source>Complete the report without {objects}? The archive will not have it; it stays on this machine.</source>
        <translation>Den Befund ohne {objects} abschließen? Das Archiv wird es nicht haben; es bleibt auf diesem Gerät.</translation>
    </message>
    <message>
        <source>Give the whole signed report up? It will not reach {archive}, and nobody is told of it. Its files and your draft stay here. Why?</source>
        <translation>Den ganzen signierten Befund aufgeben? Er wird {archive} nicht erreichen, und niemand erfährt davon. Seine Dateien und Ihr Entwurf bleiben hier. Warum?</translation>
    </message>
    <message>
        <source>{objects} is given up; the rest is sent.</source>
        <translation>{objects} ist aufgegeben; der Rest wird gesendet.</translation>
    </message>
    <message>
        <source>The report is given up; its files stay in the outbox folder.</source>
        <translation>Der Befund ist aufgegeben; seine Dateien bleiben im Ordner des Ausgangs.</translation>
    </message>
    <message>
        <source>Reason, kept with the report</source>
        <translation>Grund, wird beim Befund aufbewahrt</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Retry now</source>
        <translation>Jetzt erneut senden</translation>
    </message>
    <message>
        <source>Give up…</source>
        <translation>Aufgeben …</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>Verlauf…</translation>
    </message>
    <message>
        <source>What is added to the report; its findings stay as they were signed</source>
        <translation>Was dem Befund hinzugefügt wird; die signierten Befunde bleiben unverändert</translation>
    </message>
    <message>
        <source>Why the signed report is replaced; it stands in the new one</source>
        <translation>Warum der signierte Befund ersetzt wird; der Grund steht im neuen</translation>
    </message>
    <message>
        <source>Report {signed}</source>
        <translation>Befund {signed}</translation>
    </message>
    <message>
        <source>Report {signed}. Read it, change what is needed, and sign it as final.</source>
        <translation>Befund {signed}. Lesen Sie ihn, ändern Sie, was nötig ist, und signieren Sie ihn endgültig.</translation>
    </message>
    <message>
        <source>To the report {signed}</source>
        <translation>Zum Befund {signed}</translation>
    </message>
    <message>
        <source>Correction</source>
        <translation>Korrektur</translation>
    </message>
    <message>
        <source>Of the report {signed}</source>
        <translation>Des Befunds {signed}</translation>
    </message>
    <message>
        <source>not assessed</source>
        <translation>nicht beurteilt</translation>
    </message>
    <message>
        <source>none</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>possible</source>
        <translation>möglich</translation>
    </message>
    <message>
        <source>definite</source>
        <translation>sicher</translation>
    </message>
    <message>
        <source>Vesicles</source>
        <translation>Samenbl.</translation>
    </message>
    <message>
        <source>Seminal vesicle invasion</source>
        <translation>Samenblaseninfiltration</translation>
    </message>
    <message>
        <source>R</source>
        <translation>R</translation>
    </message>
    <message>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <source>Bundles</source>
        <translation>Bündel</translation>
    </message>
    <message>
        <source>Involvement of the neurovascular bundle</source>
        <translation>Beteiligung des Gefäßnervenbündels</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Lymphkn.</translation>
    </message>
    <message>
        <source>Suspicious lymph nodes</source>
        <translation>Verdächtige Lymphknoten</translation>
    </message>
    <message>
        <source>where, short axis in mm</source>
        <translation>wo, kurze Achse in mm</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Suspicious bone lesion</source>
        <translation>Verdächtige Knochenläsion</translation>
    </message>
    <message>
        <source>where, size</source>
        <translation>wo, Größe</translation>
    </message>
    <message>
        <source>Rest none</source>
        <translation>Rest nein</translation>
    </message>
    <message>
        <source>Everything that was not assessed here is not seen (pressed again, {staging})</source>
        <translation>Alles, was hier nicht beurteilt wurde, ist unauffällig (nochmals gedrückt, {staging})</translation>
    </message>
    <message>
        <source>Staging in detail</source>
        <translation>Staging im Einzelnen</translation>
    </message>
    <message>
        <source>Vesicles, bundles, nodes and bone; pressed again, the key says that the rest is not seen ({staging})</source>
        <translation>Samenblasen, Bündel, Lymphknoten und Knochen; nochmals gedrückt sagt die Taste, dass der Rest unauffällig ist ({staging})</translation>
    </message>
    <message>
        <source>Staging</source>
        <translation>Staging</translation>
    </message>
    <message>
        <source>{what}: press for {next}</source>
        <translation>{what}: drücken für „{next}“</translation>
    </message>
    <message>
        <source>Not assessed: vesicles, bundles, nodes, bone</source>
        <translation>Nicht beurteilt: Samenblasen, Bündel, Lymphknoten, Knochen</translation>
    </message>
    <message>
        <source>{n} of {all} none</source>
        <translation>{n} von {all} nein</translation>
    </message>
    <message>
        <source>{n} not assessed</source>
        <translation>{n} nicht beurteilt</translation>
    </message>
    <message>
        <source>Send again now</source>
        <translation>Jetzt erneut senden</translation>
    </message>
    <message>
        <source>{name}: is told once the archive holds the report</source>
        <translation>{name}: wird benachrichtigt, sobald das Archiv den Befund hat</translation>
    </message>
    <message>
        <source>{name}: waits until the archive holds the report</source>
        <translation>{name}: wartet, bis das Archiv den Befund hat</translation>
    </message>
    <message>
        <source>{name}: waiting.{words}</source>
        <translation>{name}: wartet.{words}</translation>
    </message>
    <message>
        <source>{name}: refused.{words}</source>
        <translation>{name}: abgelehnt.{words}</translation>
    </message>
    <message>
        <source>{name}: sent {when}</source>
        <translation>{name}: gesendet {when}</translation>
    </message>
    <message>
        <source>{name}: given up.{words}</source>
        <translation>{name}: aufgegeben.{words}</translation>
    </message>
    <message>
        <source>{name} waiting</source>
        <translation>{name} wartet</translation>
    </message>
    <message>
        <source>{name} refused</source>
        <translation>{name} abgelehnt</translation>
    </message>
    <message>
        <source>Mark the shown image</source>
        <translation>Gezeigtes Bild markieren</translation>
    </message>
    <message>
        <source>Make the image in the active viewport a key image, or take it off ({key_image})</source>
        <translation>Das Bild im aktiven Fenster zum Schlüsselbild machen oder es herausnehmen ({key_image})</translation>
    </message>
    <message>
        <source>None is marked. Those through the index lesion are sent: T2, ADC and high b.</source>
        <translation>Keines ist markiert. Gesendet werden die durch die Indexläsion: T2, ADC und hoher b-Wert.</translation>
    </message>
    <message>
        <source>What the key image shows</source>
        <translation>Was das Schlüsselbild zeigt</translation>
    </message>
    <message>
        <source>Show this key image</source>
        <translation>Dieses Schlüsselbild zeigen</translation>
    </message>
    <message>
        <source>Take it off the key images</source>
        <translation>Aus den Schlüsselbildern herausnehmen</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>sagittal</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>koronar</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>{tilt:.0f}° off patient axes</source>
        <translation>{tilt:.0f}° zu den Patientenachsen</translation>
    </message>
    <message>
        <source>{tilt:.0f}° off series axes</source>
        <translation>{tilt:.0f}° zu den Serienachsen</translation>
    </message>
    <message>
        <source>along patient axes</source>
        <translation>entlang der Patientenachsen</translation>
    </message>
    <message>
        <source>along series axes</source>
        <translation>entlang der Serienachsen</translation>
    </message>
    <message>
        <source>Key image</source>
        <translation>Schlüsselbild</translation>
    </message>
    <message>
        <source>{name} has not been asked yet.</source>
        <translation>{name} wurde noch nicht gefragt.</translation>
    </message>
    <message>
        <source>{name} answers.</source>
        <translation>{name} antwortet.</translation>
    </message>
    <message>
        <source>{name} does not answer at the moment; it is asked again every minute, and what you sign is kept here.</source>
        <translation>{name} antwortet im Augenblick nicht; es wird jede Minute wieder gefragt, und was Sie signieren, bleibt hier aufgehoben.</translation>
    </message>
    <message>
        <source>{name} refuses this station, so a setting has to be changed; click to find out which.</source>
        <translation>{name} weist diese Station ab, es ist also eine Einstellung zu ändern; ein Klick zeigt, welche.</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Try the archives, the RIS and the EHR, and see what has to be changed</source>
        <translation>Archive, RIS und Patientenakte probieren und sehen, was zu ändern ist</translation>
    </message>
    <message>
        <source>Also store a small test object in each archive (it stays there until it is deleted)</source>
        <translation>Auch ein kleines Testobjekt in jedem Archiv speichern (es bleibt dort, bis es gelöscht wird)</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy what was found, for the administrator of the archive</source>
        <translation>Kopiert, was gefunden wurde, für den Administrator des Archivs</translation>
    </message>
    <message>
        <source>The settings name no archive, RIS or EHR yet; docs/pacs.md says how.</source>
        <translation>Die Einstellungen nennen noch kein Archiv, RIS und keine Patientenakte; docs/pacs.md sagt, wie.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Nochmals</translation>
    </message>
    <message>
        <source>Stopped; the steps without a result were not tried.</source>
        <translation>Angehalten; die Schritte ohne Ergebnis wurden nicht versucht.</translation>
    </message>
    <message>
        <source>One step failed; it says what to change.</source>
        <translation>Ein Schritt geht nicht; er sagt, was zu ändern ist.</translation>
    </message>
    <message>
        <source>{failed} steps failed; each says what to change.</source>
        <translation>{failed} Schritte gehen nicht; jeder sagt, was zu ändern ist.</translation>
    </message>
    <message>
        <source>All that was tried works.</source>
        <translation>Alles, was versucht wurde, geht.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Archives, RIS and EHR</source>
        <translation>Archive, RIS und Patientenakte</translation>
    </message>
    <message>
        <source>Each is tried in both directions: we reach it, it reaches us. A small series of the last days is fetched and thrown away; nothing is sent unless you say so below.</source>
        <translation>Jeder wird in beide Richtungen probiert: Wir erreichen ihn, er erreicht uns. Eine kleine Serie der letzten Tage wird geholt und verworfen; gesendet wird nichts, außer Sie sagen es unten.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Any AI result</source>
        <translation>Jedes KI-Ergebnis</translation>
    </message>
    <message>
        <source>High and urgent</source>
        <translation>Hoch und dringend</translation>
    </message>
    <message>
        <source>AI ready</source>
        <translation>KI fertig</translation>
    </message>
    <message>
        <source>No AI result yet</source>
        <translation>Noch kein KI-Ergebnis</translation>
    </message>
    <message>
        <source>AI failed or withheld</source>
        <translation>KI gescheitert oder ausgesetzt</translation>
    </message>
    <message>
        <source>AI result</source>
        <translation>KI-Ergebnis</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>Ungelesen</translation>
    </message>
    <message>
        <source>Only studies without a final report ({unread_only})</source>
        <translation>Nur Untersuchungen ohne endgültigen Befund ({unread_only})</translation>
    </message>
    <message>
        <source>Mine</source>
        <translation>Meine</translation>
    </message>
    <message>
        <source>Only studies that you have claimed ({my_claims})</source>
        <translation>Nur von Ihnen übernommene Untersuchungen ({my_claims})</translation>
    </message>
    <message>
        <source>Filter the list</source>
        <translation>Liste filtern</translation>
    </message>
    <message>
        <source>Words of name, ID, accession number, description, site or reader ({filter_list})</source>
        <translation>Wörter aus Name, ID, Accession-Nummer, Beschreibung, Ort oder Befunder ({filter_list})</translation>
    </message>
    <message>
        <source>Every workstation with the same claims database sees it.</source>
        <translation>Jede Arbeitsstation mit derselben Datenbank sieht es.</translation>
    </message>
    <message>
        <source>Claims are kept on this workstation only: no shared database is named in the settings.</source>
        <translation>Übernahmen gelten nur auf dieser Arbeitsstation: die Einstellungen nennen keine gemeinsame Datenbank.</translation>
    </message>
    <message>
        <source>The settings of the worklist</source>
        <translation>Die Einstellungen der Arbeitsliste</translation>
    </message>
    <message>
        <source>The worklist is as delivered</source>
        <translation>Die Arbeitsliste ist wie ausgeliefert</translation>
    </message>
    <message>
        <source>are as delivered</source>
        <translation>sind wie ausgeliefert</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>other causes</source>
        <translation>andere Ursachen</translation>
    </message>
    <message>
        <source>Every run of the AI gave an answer.</source>
        <translation>Jeder KI-Lauf gab eine Antwort.</translation>
    </message>
    <message>
        <source>AI lesions in signed reports</source>
        <translation>KI-Läsionen in signierten Befunden</translation>
    </message>
    <message>
        <source>PI-RADS: suggested and given</source>
        <translation>PI-RADS: vorgeschlagen und vergeben</translation>
    </message>
    <message>
        <source>Kappa compares examinations; 1 and 2 count as one category.</source>
        <translation>Kappa vergleicht Untersuchungen; 1 und 2 zählen als eine Kategorie.</translation>
    </message>
    <message>
        <source>Lesions of the AI: {lesions}; reports: {reports}, with lesions looked for by the AI: {looked}</source>
        <translation>Läsionen der KI: {lesions}; Befunde: {reports}, davon mit Läsionssuche der KI: {looked}</translation>
    </message>
    <message>
        <source>Lesions of PI-RADS 3 or above that readers added where the AI had looked: {added}</source>
        <translation>Läsionen ab PI-RADS 3, die Befunder ergänzten, wo die KI gesucht hatte: {added}</translation>
    </message>
    <message>
        <source>Weighted kappa (n = {count}): quadratic {quadratic}, linear {linear}</source>
        <translation>Gewichtetes Kappa (n = {count}): quadratisch {quadratic}, linear {linear}</translation>
    </message>
    <message>
        <source>Weighted kappa (n = {count}): {quadratic}</source>
        <translation>Gewichtetes Kappa (n = {count}): {quadratic}</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Zeiten</translation>
    </message>
    <message>
        <source>Open to signed</source>
        <translation>Öffnen bis Signatur</translation>
    </message>
    <message>
        <source>Examination to report</source>
        <translation>Untersuchung bis Befund</translation>
    </message>
    <message>
        <source>Positive examinations over time</source>
        <translation>Positive Untersuchungen im Verlauf</translation>
    </message>
    <message>
        <source>PI-RADS 3 or above is positive</source>
        <translation>Ab PI-RADS 3 positiv</translation>
    </message>
    <message>
        <source>PI-RADS 4 or above is positive</source>
        <translation>Ab PI-RADS 4 positiv</translation>
    </message>
    <message>
        <source>positive: PI-RADS</source>
        <translation>positiv: PI-RADS</translation>
    </message>
    <message>
        <source>Reports</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>AI</source>
        <translation>KI</translation>
    </message>
    <message>
        <source>Runs of the AI without an answer</source>
        <translation>KI-Läufe ohne Antwort</translation>
    </message>
    <message>
        <source>The AI has not run yet.</source>
        <translation>Die KI ist noch nicht gelaufen.</translation>
    </message>
    <message>
        <source>The rate is drawn from {window} examinations on; there are {count}.</source>
        <translation>Die Rate wird ab {window} Untersuchungen gezeichnet; es sind {count}.</translation>
    </message>
    <message>
        <source>PI-RADS of the AI&apos;s lesions, as suggested and as given</source>
        <translation>PI-RADS der KI-Läsionen, wie vorgeschlagen und wie vergeben</translation>
    </message>
    <message>
        <source>reader gave PI-RADS</source>
        <translation>Befunder vergab PI-RADS</translation>
    </message>
    <message>
        <source>READER</source>
        <translation>BEFUNDER</translation>
    </message>
    <message>
        <source>REPORTS</source>
        <translation>BEFUNDE</translation>
    </message>
    <message>
        <source>AI LESIONS</source>
        <translation>KI-LÄS.</translation>
    </message>
    <message>
        <source>ACCEPTED</source>
        <translation>ÜBERN.</translation>
    </message>
    <message>
        <source>EDITED</source>
        <translation>GEÄNDERT</translation>
    </message>
    <message>
        <source>REJECTED</source>
        <translation>ABGEL.</translation>
    </message>
    <message>
        <source>KAPPA</source>
        <translation>KAPPA</translation>
    </message>
    <message>
        <source>POSITIVE</source>
        <translation>POSITIV</translation>
    </message>
    <message>
        <source>TO SIGN</source>
        <translation>SIGNATUR</translation>
    </message>
    <message>
        <source>TO REPORT</source>
        <translation>BEFUND</translation>
    </message>
    <message>
        <source>AI MODEL</source>
        <translation>KI-MODELL</translation>
    </message>
    <message>
        <source>RUNS</source>
        <translation>LÄUFE</translation>
    </message>
    <message>
        <source>FAILED</source>
        <translation>OHNE ANTW.</translation>
    </message>
    <message>
        <source>Readers that are not told apart</source>
        <translation>Nicht unterschiedene Befunder</translation>
    </message>
    <message>
        <source>images lack what the AI needs</source>
        <translation>den Bildern fehlt, was die KI braucht</translation>
    </message>
    <message>
        <source>no prostate found</source>
        <translation>keine Prostata gefunden</translation>
    </message>
    <message>
        <source>a series is incomplete</source>
        <translation>eine Serie ist unvollständig</translation>
    </message>
    <message>
        <source>series do not share a frame of reference</source>
        <translation>Serien haben kein gemeinsames Bezugssystem</translation>
    </message>
    <message>
        <source>files cannot be read</source>
        <translation>Dateien sind nicht lesbar</translation>
    </message>
    <message>
        <source>the analysis process ended</source>
        <translation>der Analyseprozess endete</translation>
    </message>
    <message>
        <source>not enough memory</source>
        <translation>zu wenig Arbeitsspeicher</translation>
    </message>
    <message>
        <source>a model&apos;s files are missing</source>
        <translation>Dateien eines Modells fehlen</translation>
    </message>
    <message>
        <source>a model&apos;s files were altered</source>
        <translation>Dateien eines Modells wurden verändert</translation>
    </message>
    <message>
        <source>a model cannot be run here</source>
        <translation>ein Modell läuft hier nicht</translation>
    </message>
    <message>
        <source>fewer than two examinations have a category of both AI and reader</source>
        <translation>weniger als zwei Untersuchungen haben eine Kategorie von KI und Befunder</translation>
    </message>
    <message>
        <source>the AI or the reader gave every examination one and the same category</source>
        <translation>KI oder Befunder gaben jeder Untersuchung ein und dieselbe Kategorie</translation>
    </message>
    <message>
        <source>This proves no error: other patients, another scanner or protocol, another reader or model, and now and then chance, do the same. Find out which it is.</source>
        <translation>Das beweist keinen Fehler: andere Patienten, ein anderes Gerät oder Protokoll, ein anderer Befunder oder ein anderes Modell und mitunter der Zufall bewirken dasselbe. Finden Sie heraus, was es ist.</translation>
    </message>
    <message>
        <source>{part} of {whole} ({share}, 95 % interval {low:.0f}–{high:.0f} %)</source>
        <translation>{part} von {whole} ({share}, 95-%-Intervall {low:.0f}–{high:.0f} %)</translation>
    </message>
    <message>
        <source>none: {why}</source>
        <translation>keines: {why}</translation>
    </message>
    <message>
        <source>{kappa:.2f} (no interval below {least} examinations)</source>
        <translation>{kappa:.2f} (kein Intervall unter {least} Untersuchungen)</translation>
    </message>
    <message>
        <source>{kappa:.2f} (95 % interval {low:.2f}–{high:.2f})</source>
        <translation>{kappa:.2f} (95-%-Intervall {low:.2f}–{high:.2f})</translation>
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
        <translation>{days} Tage</translation>
    </message>
    <message>
        <source>median {median}, half of them {lower} to {upper} (n = {count})</source>
        <translation>Median {median}, die Hälfte {lower} bis {upper} (n = {count})</translation>
    </message>
    <message>
        <source>not known of any report</source>
        <translation>von keinem Befund bekannt</translation>
    </message>
    <message>
        <source>unexpected ({failure})</source>
        <translation>unerwartet ({failure})</translation>
    </message>
    <message>
        <source>rej.</source>
        <translation>abgel.</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>{suggested} to {given}: {count}</source>
        <translation>{suggested} zu {given}: {count}</translation>
    </message>
    <message>
        <source>⚠ Drift · {whose}: {latest} of the latest {window} examinations are PI-RADS {least} or above, {first} of the first {window}; expected: {low:.0f}–{high:.0f} %.</source>
        <translation>⚠ Drift · {whose}: {latest} der letzten {window} Untersuchungen sind PI-RADS {least} oder höher, {first} der ersten {window}; erwartet: {low:.0f}–{high:.0f} %.</translation>
    </message>
    <message>
        <source>watched for drift from {least} examinations on; there are {count}</source>
        <translation>auf Drift geprüft ab {least} Untersuchungen; es sind {count}</translation>
    </message>
    <message>
        <source>beyond its limits</source>
        <translation>außerhalb der Grenzen</translation>
    </message>
    <message>
        <source>within its limits</source>
        <translation>innerhalb der Grenzen</translation>
    </message>
    <message>
        <source>latest {window}: {latest}, {told} {low:.0f}–{high:.0f} %</source>
        <translation>letzte {window}: {latest}, {told} {low:.0f}–{high:.0f} %</translation>
    </message>
    <message>
        <source>PRIORITY</source>
        <translation>PRIORITÄT</translation>
    </message>
    <message>
        <source>PATIENT</source>
        <translation>PATIENT</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>AGE</source>
        <translation>ALTER</translation>
    </message>
    <message>
        <source>STUDY</source>
        <translation>UNTERSUCHUNG</translation>
    </message>
    <message>
        <source>ACCESSION</source>
        <translation>ACCESSION</translation>
    </message>
    <message>
        <source>SITE</source>
        <translation>ORT</translation>
    </message>
    <message>
        <source>STATUS</source>
        <translation>STATUS</translation>
    </message>
    <message>
        <source>QUALITY</source>
        <translation>QUALITÄT</translation>
    </message>
    <message>
        <source>PRIORS</source>
        <translation>VORUNTERS.</translation>
    </message>
    <message>
        <source>WAITING</source>
        <translation>WARTET</translation>
    </message>
    <message>
        <source>SERIES FOUND</source>
        <translation>SERIEN</translation>
    </message>
    <message>
        <source>LOCAL</source>
        <translation>LOKAL</translation>
    </message>
    <message>
        <source>Claimed by {who} since {since}</source>
        <translation>Übernommen von {who} seit {since}</translation>
    </message>
    <message>
        <source>Earlier examinations of the patient among the studies listed: {count}</source>
        <translation>Frühere Untersuchungen des Patienten unter den aufgelisteten: {count}</translation>
    </message>
    <message>
        <source>Outbox empty</source>
        <translation>Ausgang leer</translation>
    </message>
    <message>
        <source>Outbox: needs you</source>
        <translation>Ausgang: braucht Sie</translation>
    </message>
    <message>
        <source>Outbox: {count} waiting since {since}</source>
        <translation>Ausgang: {count} wartend seit {since}</translation>
    </message>
    <message>
        <source>Every signed report has reached its archive.</source>
        <translation>Jeder signierte Befund hat sein Archiv erreicht.</translation>
    </message>
    <message>
        <source>A signed report cannot be sent without you; click to see which and why.</source>
        <translation>Ein signierter Befund kann nicht ohne Sie gesendet werden; ein Klick zeigt, welcher und warum.</translation>
    </message>
    <message>
        <source>A signed report waits for its archive since {since}; it is sent by itself.</source>
        <translation>Ein signierter Befund wartet seit {since} auf sein Archiv; er wird von selbst gesendet.</translation>
    </message>
    <message>
        <source>{count} signed reports wait for their archive since {since}; they are sent by themselves.</source>
        <translation>{count} signierte Befunde warten seit {since} auf ihr Archiv; sie werden von selbst gesendet.</translation>
    </message>
    <message>
        <source>◐ waiting</source>
        <translation>◐ wartet</translation>
    </message>
    <message>
        <source>◐ taken, not answered</source>
        <translation>◐ angenommen, unbestätigt</translation>
    </message>
    <message>
        <source>✕ refused</source>
        <translation>✕ abgelehnt</translation>
    </message>
    <message>
        <source>● in the archive</source>
        <translation>● im Archiv</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>aufgegeben</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>being sent</source>
        <translation>wird gesendet</translation>
    </message>
    <message>
        <source>stored, not proven yet</source>
        <translation>gespeichert, noch unbelegt</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>geprüft</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>REPORT</source>
        <translation>BEFUND</translation>
    </message>
    <message>
        <source>ARCHIVE</source>
        <translation>ARCHIV</translation>
    </message>
    <message>
        <source>STATE</source>
        <translation>STAND</translation>
    </message>
    <message>
        <source>NEXT TRY</source>
        <translation>NÄCHSTER VERSUCH</translation>
    </message>
    <message>
        <source>WHAT WAS SAID</source>
        <translation>WAS GESAGT WURDE</translation>
    </message>
    <message>
        <source>Signed reports on their way</source>
        <translation>Signierte Befunde unterwegs</translation>
    </message>
    <message>
        <source>signed {when}</source>
        <translation>unterschrieben {when}</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>Not reviewed: {labels}</source>
        <translation>Nicht geprüft: {labels}</translation>
    </message>
    <message>
        <source>The AI did not look for lesions: the images were not good enough for it</source>
        <translation>Die KI hat nicht nach Läsionen gesucht: Die Aufnahmen waren dafür nicht gut genug</translation>
    </message>
    <message>
        <source>No AI lesion to review</source>
        <translation>Keine KI-Läsion zu prüfen</translation>
    </message>
    <message>
        <source>All AI lesions reviewed ({taken} taken, {rejected} rejected)</source>
        <translation>Alle KI-Läsionen geprüft ({taken} übernommen, {rejected} abgelehnt)</translation>
    </message>
    <message>
        <source>DCE present</source>
        <translation>DCE vorhanden</translation>
    </message>
    <message>
        <source>DCE not acquired — assessed as biparametric</source>
        <translation>DCE nicht aufgenommen – biparametrisch beurteilt</translation>
    </message>
    <message>
        <source>PI-QUAL {score} ({meaning}): PI-RADS categories should not be assigned</source>
        <translation>PI-QUAL {score} ({meaning}): PI-RADS-Kategorien sollten nicht vergeben werden</translation>
    </message>
    <message>
        <source>PI-QUAL {score} ({meaning})</source>
        <translation>PI-QUAL {score} ({meaning})</translation>
    </message>
    <message>
        <source>Scores missing: {labels}</source>
        <translation>Scores fehlen: {labels}</translation>
    </message>
    <message>
        <source>Every reported lesion has its category</source>
        <translation>Jede befundete Läsion hat ihre Kategorie</translation>
    </message>
    <message>
        <source>No lesion is reported: you chose PI-RADS {category}</source>
        <translation>Keine Läsion befundet: Sie haben PI-RADS {category} gewählt</translation>
    </message>
    <message>
        <source>No lesion is reported: {sentence}</source>
        <translation>Keine Läsion befundet: {sentence}</translation>
    </message>
    <message>
        <source>choose PI-RADS X for the examination; the study has {lacking}</source>
        <translation>PI-RADS X für die Untersuchung wählen; die Untersuchung hat {lacking}</translation>
    </message>
    <message>
        <source>choose PI-RADS 1, 2 or X for the examination</source>
        <translation>PI-RADS 1, 2 oder X für die Untersuchung wählen</translation>
    </message>
    <message>
        <source>PI-RADS rules consistent</source>
        <translation>Mit den PI-RADS-Regeln vereinbar</translation>
    </message>
    <message>
        <source>Definite seminal vesicle invasion, but no lesion has definite EPE</source>
        <translation>Eindeutige Samenblaseninfiltration, aber keine Läsion hat eine eindeutige EPE</translation>
    </message>
    <message>
        <source>Definite metastasis, but no lesion of PI-RADS 3 or above</source>
        <translation>Eindeutige Metastase, aber keine Läsion ab PI-RADS 3</translation>
    </message>
    <message>
        <source>{count} lesions of PI-RADS 3 or above: four are named, without {labels}</source>
        <translation>{count} Läsionen ab PI-RADS 3: Vier werden genannt, ohne {labels}</translation>
    </message>
    <message>
        <source>What the AI found comes from other series than the study has now ({changes}): run the AI again.</source>
        <translation>Was die KI fand, stammt aus anderen Serien, als die Untersuchung jetzt hat ({changes}): Bitte die KI erneut ausführen.</translation>
    </message>
    <message>
        <source>{role}: none, now {series}</source>
        <translation>{role}: bisher keine, jetzt {series}</translation>
    </message>
    <message>
        <source>{role}: {series}, now none</source>
        <translation>{role}: {series}, jetzt keine</translation>
    </message>
    <message>
        <source>{role}: {before}, now {series}</source>
        <translation>{role}: {before}, jetzt {series}</translation>
    </message>
    <message>
        <source>score 5 with {size} mm and no definite EPE</source>
        <translation>Score 5 bei {size} mm und ohne eindeutige EPE</translation>
    </message>
    <message>
        <source>score 4 with definite EPE — 5 is expected</source>
        <translation>Score 4 bei eindeutiger EPE – zu erwarten ist 5</translation>
    </message>
    <message>
        <source>score 4 with {size} mm — 5 is expected</source>
        <translation>Score 4 bei {size} mm – zu erwarten ist 5</translation>
    </message>
    <message>
        <source>lies in the {zone} ({sector}) but is scored as {scored_as}, where {decides} decides</source>
        <translation>liegt in der {zone} ({sector}), wird aber nach {scored_as} bewertet, wo {decides} entscheidet</translation>
    </message>
    <message>
        <source>lies in a seminal vesicle, for which PI-RADS has no rules</source>
        <translation>liegt in einer Samenblase, für die PI-RADS keine Regeln hat</translation>
    </message>
    <message>
        <source>lies in the external urethral sphincter, for which PI-RADS has no rules</source>
        <translation>liegt im externen urethralen Sphinkter, für den PI-RADS keine Regeln hat</translation>
    </message>
    <message>
        <source>TZ lesion given {category}, its DWI score, though T2W decides in the TZ</source>
        <translation>TZ-Läsion mit {category}, ihrem DWI-Score, obwohl in der TZ T2W entscheidet</translation>
    </message>
    <message>
        <source>DCE would decide and is scored X though the study has DCE</source>
        <translation>DCE würde entscheiden und ist mit X bewertet, obwohl die Untersuchung DCE hat</translation>
    </message>
    <message>
        <source>DCE positive though the study has no DCE</source>
        <translation>DCE positiv, obwohl die Untersuchung keine DCE hat</translation>
    </message>
    <message>
        <source>DCE negative though the study has no DCE</source>
        <translation>DCE negativ, obwohl die Untersuchung keine DCE hat</translation>
    </message>
    <message>
        <source>DWI {score} though the study has no diffusion-weighted images</source>
        <translation>DWI {score}, obwohl die Untersuchung keine diffusionsgewichteten Aufnahmen hat</translation>
    </message>
    <message>
        <source>T2W is scored X: the category rests on DWI alone</source>
        <translation>T2W ist mit X bewertet: Die Kategorie beruht allein auf DWI</translation>
    </message>
    <message>
        <source>PZ lesion measured on axial T2 though there is an ADC map</source>
        <translation>PZ-Läsion auf axialer T2 gemessen, obwohl es eine ADC-Karte gibt</translation>
    </message>
    <message>
        <source>TZ lesion measured on ADC though PI-RADS measures it on axial T2</source>
        <translation>TZ-Läsion auf ADC gemessen, obwohl PI-RADS sie auf axialer T2 misst</translation>
    </message>
    <message>
        <source>PI-RADS has no rules for {place}; scored by those of {zone}, where it likely arose.</source>
        <translation>PI-RADS hat keine Regeln für {place}; bewertet nach denen für {zone}, wo sie vermutlich entstanden ist.</translation>
    </message>
    <message>
        <source>Lesions of {place} mostly arise in {zone}, so its rules are used (likely origin).</source>
        <translation>Läsionen an diesem Ort ({place}) gehen meist von hier aus: {zone}. Daher gelten deren Regeln (vermutlicher Ursprung).</translation>
    </message>
    <message>
        <source>Lesions of {place} may arise in {zone}, so its rules are used (likely origin).</source>
        <translation>Läsionen an diesem Ort ({place}) können von hier ausgehen: {zone}. Daher gelten deren Regeln (vermutlicher Ursprung).</translation>
    </message>
    <message>
        <source>the peripheral zone</source>
        <translation>die periphere Zone</translation>
    </message>
    <message>
        <source>the transition zone</source>
        <translation>die Transitionalzone</translation>
    </message>
    <message>
        <source>the central zone</source>
        <translation>die zentrale Zone</translation>
    </message>
    <message>
        <source>the anterior fibromuscular stroma</source>
        <translation>das anteriore fibromuskuläre Stroma</translation>
    </message>
    <message>
        <source>a seminal vesicle</source>
        <translation>eine Samenblase</translation>
    </message>
    <message>
        <source>the external urethral sphincter</source>
        <translation>den externen urethralen Sphinkter</translation>
    </message>
    <message>
        <source>axial T2</source>
        <translation>axiale T2</translation>
    </message>
    <message>
        <source>sagittal T2</source>
        <translation>sagittale T2</translation>
    </message>
    <message>
        <source>coronal T2</source>
        <translation>koronare T2</translation>
    </message>
    <message>
        <source>ADC map</source>
        <translation>ADC-Karte</translation>
    </message>
    <message>
        <source>high-b image</source>
        <translation>Hoch-b-Bild</translation>
    </message>
    <message>
        <source>high-b DWI</source>
        <translation>Hoch-b-DWI</translation>
    </message>
    <message>
        <source>T2 axial</source>
        <translation>T2 axial</translation>
    </message>
    <message>
        <source>T2 sagittal</source>
        <translation>T2 sagittal</translation>
    </message>
    <message>
        <source>T2 coronal</source>
        <translation>T2 koronar</translation>
    </message>
    <message>
        <source>DWI b {b} (calc)</source>
        <translation>DWI b {b} (berechnet)</translation>
    </message>
    <message>
        <source>ADC (fitted)</source>
        <translation>ADC (berechnet)</translation>
    </message>
    <message>
        <source>Right base {region}</source>
        <translation>Rechts Basis {region}</translation>
    </message>
    <message>
        <source>Right mid {region}</source>
        <translation>Rechts Mitte {region}</translation>
    </message>
    <message>
        <source>Right apex {region}</source>
        <translation>Rechts Apex {region}</translation>
    </message>
    <message>
        <source>Left base {region}</source>
        <translation>Links Basis {region}</translation>
    </message>
    <message>
        <source>Left mid {region}</source>
        <translation>Links Mitte {region}</translation>
    </message>
    <message>
        <source>Left apex {region}</source>
        <translation>Links Apex {region}</translation>
    </message>
    <message>
        <source>Right seminal vesicle</source>
        <translation>Rechte Samenblase</translation>
    </message>
    <message>
        <source>Left seminal vesicle</source>
        <translation>Linke Samenblase</translation>
    </message>
    <message>
        <source>Male external urethral sphincter</source>
        <translation>Externer urethraler Sphinkter</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>Basis</translation>
    </message>
    <message>
        <source>Mid</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>Apex</source>
        <translation>Apex</translation>
    </message>
    <message>
        <source>diagnostic</source>
        <translation>diagnostisch</translation>
    </message>
    <message>
        <source>limited</source>
        <translation>eingeschränkt</translation>
    </message>
    <message>
        <source>inadequate</source>
        <translation>unzureichend</translation>
    </message>
    <message>
        <source>acceptable</source>
        <translation>akzeptabel</translation>
    </message>
    <message>
        <source>optimal</source>
        <translation>optimal</translation>
    </message>
    <message>
        <source>Axial slices of 3 mm or less</source>
        <translation>Axiale Schichten von höchstens 3 mm</translation>
    </message>
    <message>
        <source>Axial: adequate signal-to-noise ratio throughout</source>
        <translation>Axial: durchgehend ausreichendes Signal-Rausch-Verhältnis</translation>
    </message>
    <message>
        <source>Axial: capsule, vesicles, ducts, bundles and sphincter clearly seen</source>
        <translation>Axial: Kapsel, Samenblasen, Ductus, Bündel und Sphinkter klar erkennbar</translation>
    </message>
    <message>
        <source>Axial: no disturbing artefacts</source>
        <translation>Axial: keine störenden Artefakte</translation>
    </message>
    <message>
        <source>Sagittal or coronal images of adequate quality</source>
        <translation>Sagittale oder koronare Aufnahmen ausreichender Qualität</translation>
    </message>
    <message>
        <source>Slices ≤ 4 mm, b ≥ 1400, ADC from two or more b ≤ 1000</source>
        <translation>Schichten ≤ 4 mm, b ≥ 1400, ADC aus zwei oder mehr b ≤ 1000</translation>
    </message>
    <message>
        <source>Adequate signal-to-noise ratio</source>
        <translation>Ausreichendes Signal-Rausch-Verhältnis</translation>
    </message>
    <message>
        <source>ADC map: gland and zones clearly seen</source>
        <translation>ADC-Karte: Prostata und Zonen klar erkennbar</translation>
    </message>
    <message>
        <source>No disturbing distortion or artefacts</source>
        <translation>Keine störende Verzerrung, keine störenden Artefakte</translation>
    </message>
    <message>
        <source>Slices cover the gland as T2W does</source>
        <translation>Schichten erfassen die Prostata wie T2W</translation>
    </message>
    <message>
        <source>Slices of 3 mm or less, ≤ 15 s per phase</source>
        <translation>Schichten von höchstens 3 mm, ≤ 15 s je Phase</translation>
    </message>
    <message>
        <source>Vessels and enhancement clearly seen</source>
        <translation>Gefäße und Anreicherung klar erkennbar</translation>
    </message>
    <message>
        <source>No disturbing artefacts</source>
        <translation>Keine störenden Artefakte</translation>
    </message>
    <message>
        <source>ADC in its core is {adc} × 10⁻⁶ mm²/s, {share} of the gland&apos;s median and {levelled} once the gland is brought to the published level: {added} (published: cancer in the {zone} {cancer}, benign {benign}).</source>
        <translation>Im Kern ist das ADC {adc} × 10⁻⁶ mm²/s, {share} des Medians der Prostata und {levelled}, wenn die Prostata auf das veröffentlichte Niveau gebracht wird: {added} (veröffentlicht: Karzinom in der {zone} {cancer}, benigne {benign}).</translation>
    </message>
    <message>
        <source>There is no high-b image, so low ADC alone decides.</source>
        <translation>Es gibt kein Hoch-b-Bild, daher entscheidet allein das niedrige ADC.</translation>
    </message>
    <message>
        <source>At b {b} its core is {times} times as bright as the {zone} at large, which confirms the low ADC: {added} (a typical cancer is {typical} times).</source>
        <translation>Bei b {b} ist der Kern {times}-mal so hell wie die {zone} im Ganzen, was das niedrige ADC bestätigt: {added} (typisches Karzinom: {typical}-mal).</translation>
    </message>
    <message>
        <source>At b {b} its core is {times} times as bright as the {zone} at large, too little to confirm the low ADC: {added} (a typical cancer is {typical} times).</source>
        <translation>Bei b {b} ist der Kern {times}-mal so hell wie die {zone} im Ganzen, zu wenig, um das niedrige ADC zu bestätigen: {added} (typisches Karzinom: {typical}-mal).</translation>
    </message>
    <message>
        <source>Significant cancers lie here {times} times as often as on average over the gland: {added}.</source>
        <translation>Signifikante Karzinome liegen hier {times}-mal so oft wie im Mittel über die Prostata: {added}.</translation>
    </message>
    <message>
        <source>Its volume is {volume} mL; {share} of expert-drawn cancers are no larger: {added}.</source>
        <translation>Das Volumen ist {volume} mL; {share} der von Experten umrissenen Karzinome sind nicht größer: {added}.</translation>
    </message>
    <message>
        <source>It lies near the outline of the gland, where neighbouring tissue mixes in: {added}.</source>
        <translation>Die Stelle liegt nahe am Umriss der Prostata, wo sich Nachbargewebe einmischt: {added}.</translation>
    </message>
    <message>
        <source>Before looking, {share} of gland tissue is significant cancer: {added}.</source>
        <translation>Vor jeder Betrachtung sind {share} des Prostatagewebes signifikantes Karzinom: {added}.</translation>
    </message>
    <message>
        <source>Reading the images</source>
        <translation>Bilder werden gelesen</translation>
    </message>
    <message>
        <source>Segmenting the prostate</source>
        <translation>Prostata wird segmentiert</translation>
    </message>
    <message>
        <source>Registering to T2</source>
        <translation>Registrierung auf T2</translation>
    </message>
    <message>
        <source>Drawing the zones</source>
        <translation>Zonen werden gezeichnet</translation>
    </message>
    <message>
        <source>Checking the image quality</source>
        <translation>Bildqualität wird geprüft</translation>
    </message>
    <message>
        <source>Looking for lesions</source>
        <translation>Läsionen werden gesucht</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Preparing the images for the model</source>
        <translation>Bilder werden für das Modell vorbereitet</translation>
    </message>
    <message>
        <source>Running the model</source>
        <translation>Modell läuft</translation>
    </message>
    <message>
        <source>Bringing back what the model says</source>
        <translation>Ergebnis des Modells wird zurückgeführt</translation>
    </message>
    <message>
        <source>Registering</source>
        <translation>Registrierung</translation>
    </message>
    <message>
        <source>Computing the contrast maps</source>
        <translation>Kontrastmittelkarten werden berechnet</translation>
    </message>
    <message>
        <source>Reading the study</source>
        <translation>Untersuchung wird gelesen</translation>
    </message>
    <message>
        <source>Loading {title}</source>
        <translation>{title} wird geladen</translation>
    </message>
    <message>
        <source>Copying {n} of {all} images</source>
        <translation>Bild {n} von {all} wird kopiert</translation>
    </message>
    <message>
        <source>{n} of {all} images</source>
        <translation>{n} von {all} Bildern</translation>
    </message>
    <message>
        <source>{n} of {all} objects</source>
        <translation>{n} von {all} Objekten</translation>
    </message>
    <message>
        <source>asking {archive}</source>
        <translation>{archive} wird gefragt</translation>
    </message>
    <message>
        <source>waiting for {archive}</source>
        <translation>Warten auf {archive}</translation>
    </message>
    <message>
        <source>waiting for another retrieve of this study</source>
        <translation>Warten auf einen anderen Abruf dieser Studie</translation>
    </message>
    <message>
        <source>Storing: {object}</source>
        <translation>Speichern: {object}</translation>
    </message>
    <message>
        <source>Asking {archive} to answer for it</source>
        <translation>{archive} soll dafür einstehen</translation>
    </message>
    <message>
        <source>Reading the report back</source>
        <translation>Der Befund wird zurückgelesen</translation>
    </message>
    <message>
        <source>Stored and proven</source>
        <translation>Gespeichert und nachgewiesen</translation>
    </message>
    <message>
        <source>Structured report (SR, signed)</source>
        <translation>Strukturierter Befund (SR, signiert)</translation>
    </message>
    <message>
        <source>Lesion &amp; gland segmentation</source>
        <translation>Segmentierung (Läsionen, Prostata)</translation>
    </message>
    <message>
        <source>Colour overlay series</source>
        <translation>Farbüberlagerung als Serie</translation>
    </message>
    <message>
        <source>Report (PDF)</source>
        <translation>Befund (PDF)</translation>
    </message>
    <message>
        <source>Outlines &amp; drawings</source>
        <translation>Umrisse und Zeichnungen</translation>
    </message>
    <message>
        <source>AI suspicion map</source>
        <translation>Verdachtskarte der KI</translation>
    </message>
    <message>
        <source>Outlines for OHIF (SR, signed)</source>
        <translation>Umrisse für OHIF (SR, signiert)</translation>
    </message>
    <message>
        <source>Text report (SR, signed)</source>
        <translation>Textbefund (SR, signiert)</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>gespeichert</translation>
    </message>
    <message>
        <source>sending…</source>
        <translation>wird gesendet…</translation>
    </message>
    <message>
        <source>✔ verified</source>
        <translation>✔ bestätigt</translation>
    </message>
    <message>
        <source>✖ failed</source>
        <translation>✖ misslungen</translation>
    </message>
    <message>
        <source>A drawing on the images is sent with the report (GSPS)</source>
        <translation>Eine Zeichnung in den Bildern wird mit dem Befund gesendet (GSPS)</translation>
    </message>
    <message>
        <source>{count} drawings on the images are sent with the report (GSPS)</source>
        <translation>{count} Zeichnungen in den Bildern werden mit dem Befund gesendet (GSPS)</translation>
    </message>
    <message>
        <source>A drawing on the images is shown in Prosector only: write in the report what others should know</source>
        <translation>Eine Zeichnung in den Bildern ist nur in Prosector zu sehen: Schreiben Sie in den Befund, was andere wissen sollen</translation>
    </message>
    <message>
        <source>{count} drawings on the images are shown in Prosector only: write in the report what others should know</source>
        <translation>{count} Zeichnungen in den Bildern sind nur in Prosector zu sehen: Schreiben Sie in den Befund, was andere wissen sollen</translation>
    </message>
    <message>
        <source>The study has no accession number: the report is stored without one and found by its patient and study</source>
        <translation>Die Untersuchung hat keine Auftragsnummer: Der Befund wird ohne eine gespeichert und über Patient und Untersuchung gefunden</translation>
    </message>
    <message>
        <source>Normal central zone</source>
        <translation>Normale zentrale Zone</translation>
    </message>
    <message>
        <source>Typical BPH nodule</source>
        <translation>Typischer BPH-Knoten</translation>
    </message>
    <message>
        <source>Haemorrhage after biopsy</source>
        <translation>Blutung nach Biopsie</translation>
    </message>
    <message>
        <source>Inflammation or prostatitis</source>
        <translation>Entzündung oder Prostatitis</translation>
    </message>
    <message>
        <source>Normal anterior fibromuscular stroma</source>
        <translation>Normales anteriores fibromuskuläres Stroma</translation>
    </message>
    <message>
        <source>Artefact</source>
        <translation>Artefakt</translation>
    </message>
    <message>
        <source>Outside the prostate</source>
        <translation>Außerhalb der Prostata</translation>
    </message>
    <message>
        <source>Benign: diffuse or wedge-shaped change</source>
        <translation>Benigne: diffuse oder keilförmige Veränderung</translation>
    </message>
    <message>
        <source>overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>diffusion</source>
        <translation>Diffusion</translation>
    </message>
    <message>
        <source>T2 in three planes</source>
        <translation>T2 in drei Ebenen</translation>
    </message>
    <message>
        <source>Compare with prior</source>
        <translation>Vergleich mit Voruntersuchung</translation>
    </message>
    <message>
        <source>T2 and diffusion over the prior&apos;s</source>
        <translation>T2 und Diffusion über denen der Voruntersuchung</translation>
    </message>
    <message>
        <source>axial T2 beside the prior&apos;s</source>
        <translation>axiale T2 neben der der Voruntersuchung</translation>
    </message>
    <message>
        <source>MPR + 3D</source>
        <translation>MPR + 3D</translation>
    </message>
    <message>
        <source>MPR, 3D and axial T2</source>
        <translation>MPR, 3D und axiale T2</translation>
    </message>
    <message>
        <source>PI-RADS 3×3 with DCE</source>
        <translation>PI-RADS 3×3 mit DCE</translation>
    </message>
    <message>
        <source>T2, diffusion, DCE phases and curve</source>
        <translation>T2, Diffusion, DCE-Phasen und Kurve</translation>
    </message>
    <message>
        <source>PI-RADS 4-up</source>
        <translation>PI-RADS 4 Felder</translation>
    </message>
    <message>
        <source>T2, diffusion, contrast</source>
        <translation>T2, Diffusion, Kontrastmittel</translation>
    </message>
    <message>
        <source>PI-RADS 6-up</source>
        <translation>PI-RADS 6 Felder</translation>
    </message>
    <message>
        <source>T2 over diffusion and contrast</source>
        <translation>T2 über Diffusion und Kontrastmittel</translation>
    </message>
    <message>
        <source>No {series} in this study</source>
        <translation>Keine {series} in dieser Untersuchung</translation>
    </message>
    <message>
        <source>No ADC in this study</source>
        <translation>Kein ADC in dieser Untersuchung</translation>
    </message>
    <message>
        <source>No ADC in the prior study</source>
        <translation>Kein ADC in der Voruntersuchung</translation>
    </message>
    <message>
        <source>No high-b DWI in the prior study</source>
        <translation>Kein Hoch-b-DWI in der Voruntersuchung</translation>
    </message>
    <message>
        <source>No high-b DWI in this study</source>
        <translation>Kein Hoch-b-DWI in dieser Untersuchung</translation>
    </message>
    <message>
        <source>No acquired DWI besides the high-b image</source>
        <translation>Keine gemessene DWI außer dem Hoch-b-Bild</translation>
    </message>
    <message>
        <source>No {series} in the prior study</source>
        <translation>Keine {series} in der Voruntersuchung</translation>
    </message>
    <message>
        <source>Research use only — not a medical device</source>
        <translation>Nur für Forschungszwecke – kein Medizinprodukt</translation>
    </message>
    <message>
        <source>Picture of {series}</source>
        <translation>Bild von {series}</translation>
    </message>
    <message>
        <source>, then {what}</source>
        <translation>, danach: {what}</translation>
    </message>
</context>
</TS>
