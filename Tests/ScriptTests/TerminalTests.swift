import FluxJobs
import Testing

@testable import fluxlua

/// Tables, sizes and times as people read them.
@Suite struct TerminalTests {
    private static let table = TextTable(
        columns: [
            TextTable.Column(title: "ID", isNumber: true), TextTable.Column(title: "STATUS"),
            TextTable.Column(title: "MODEL", isOptional: true), TextTable.Column(title: "PROMPT", canShrink: true),
        ],
        rows: [
            ["7", "COMPLETED", "flux-2-pro", "a matte black mug on marble in the morning"],
            ["12", "FAILED", "flux-1.1-pro", "狐狸在雪地里,清晨的阳光照在它的背上"],
        ])

    @Test(arguments: 40...100)
    func tableFitsTheTerminalInCells(_ width: Int) {
        let measure = TextWidth()
        for line in Self.table.text(width: width).split(separator: "\n") { #expect(measure.of(line) <= width) }
    }

    @Test func tableKeepsEverythingWhereThereIsRoomAndCutsTheLongColumnWhereThereIsNot() {
        #expect(
            Self.table.text(width: 100) == """
                ID  STATUS     MODEL         PROMPT
                 7  COMPLETED  flux-2-pro    a matte black mug on marble in the morning
                12  FAILED     flux-1.1-pro  狐狸在雪地里,清晨的阳光照在它的背上

                """)
        #expect(
            Self.table.text(width: 48) == """
                ID  STATUS     MODEL         PROMPT
                 7  COMPLETED  flux-2-pro    a matte black mug …
                12  FAILED     flux-1.1-pro  狐狸在雪地里,清晨…

                """)
    }

    @Test func narrowTerminalLosesWhatIsLeastNeeded() {
        #expect(
            Self.table.text(width: 30) == """
                ID  STATUS     PROMPT
                 7  COMPLETED  a matte black …
                12  FAILED     狐狸在雪地里,…

                """)
        // There is no room for anything: then at least nothing breaks.
        #expect(Self.table.text(width: 1).split(separator: "\n").count == 3)
    }

    @Test func otherProgramsGetTabsAndNothingCut() {
        #expect(
            Self.table.text(width: nil) == """
                7\tCOMPLETED\tflux-2-pro\ta matte black mug on marble in the morning
                12\tFAILED\tflux-1.1-pro\t狐狸在雪地里,清晨的阳光照在它的背上

                """)
    }

    @Test(arguments: [
        ("", 0), ("a", 1), ("mug", 3), ("狐", 2), ("é", 1), ("e\u{301}", 1), ("🦊", 2), ("👩‍🎨", 2), ("❤️", 2), ("🇩🇪", 2),
        ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ไม้", 2),
    ])
    func widthCountsCells(_ text: String, _ cells: Int) {
        #expect(TextWidth().of(text) == cells, "\(text)")
    }

    @Test func cutNeverSplitsACharacterAndNeverGoesOver() {
        let text = "a🦊狐e\u{301}👩‍🎨z"
        let measure = TextWidth()
        for limit in 0...12 {
            let cut = measure.cut(text, to: limit)
            #expect(measure.of(cut) <= limit)
            #expect(cut == text || cut.isEmpty || text.hasPrefix(cut.dropLast()))
        }
        #expect(measure.cut(text, to: 9) == text)
    }

    @Test func nothingInAPromptSteersTheTerminal() {
        #expect("a\nb\t\u{1B}[31mred\u{202E}x".onOneLine == "a b  [31mred\u{FFFD}x")
        #expect("👩‍🎨 ok".onOneLine == "👩‍🎨 ok")
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1499, "1.5 kB"), (12_345_678, "12 MB"), (1_200_000_000, "1.2 GB"),
        (5_000_000_000, "5 GB"), (9_960_000, "10 MB"),
    ])
    func sizesAreReadable(_ bytes: Int64, _ text: String) {
        #expect(ByteSize.text(bytes) == text)
    }

    @Test(
        arguments: [
            ("5GB", 5_000_000_000), ("1.5 MB", 1_500_000), ("2g", 2_000_000_000), ("300", 300), ("300b", 300), ("0", 0),
            ("1k", 1000), ("", nil), ("GB", nil), ("-1", nil), ("5XB", nil), ("1e9", nil), ("99999999TB", nil),
            ("5 GiB", nil),
        ] as [(String, Int64?)])
    func sizesAreRead(_ text: String, _ bytes: Int64?) {
        #expect(ByteSize.bytes(text) == bytes)
    }

    /// 2026-11-20 14:03:09.120 UTC
    private static let moment: Int64 = 1_795_183_389_120

    @Test func momentsOfTodayNeedNoDate() {
        let day: Int64 = 86_400_000
        let now = LocalTime.midnight(before: Self.moment) + 20 * 3_600_000
        let moment = TimestampFormat(now: now)
        #expect(moment.short(now).wholeMatch(of: #/20:00/#) != nil)
        #expect(moment.short(now - 2 * day).wholeMatch(of: #/[A-Z][a-z]{2} [ 0-9]\d 20:00/#) != nil)
        #expect(moment.short(now - 400 * day).wholeMatch(of: #/2025-10-\d\d/#) != nil)
        #expect(TimestampFormat.iso(Self.moment) == "2026-11-20T14:03:09.120Z")
    }

    @Test func sinceTakesAgesAndDays() {
        let moment = TimestampFormat(now: Self.moment)
        let second = Self.moment / 1000 * 1000
        #expect(moment.since("30m") == second - 1_800_000)
        #expect(moment.since("2h") == second - 7_200_000)
        #expect(moment.since("3d") == second - 3 * 86_400_000)
        let today = LocalTime.midnight(before: Self.moment)
        #expect(moment.since("today") == today)
        #expect(moment.since("yesterday") == LocalTime.midnight(before: today - 1))
        let named = moment.since("2026-11-20")
        #expect(named.map { TimestampFormat.long($0) } == "2026-11-20 00:00:00")
        #expect(moment.since("2026-11-20 14:03").map { TimestampFormat.long($0) } == "2026-11-20 14:03:00")
        #expect(moment.since("2026-11-20T14:03") == moment.since("2026-11-20 14:03"))
        for wrong in ["", "soon", "2h30", "-2h", "2026-11-31", "2026-13-01", "26-1-1", "2026-11-20 25:00", "m"] {
            #expect(moment.since(wrong) == nil, "\(wrong)")
        }
    }
}
