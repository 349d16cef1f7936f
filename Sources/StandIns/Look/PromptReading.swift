/// What the painter takes from a prompt.
struct PromptReading {
    /// The thing in front; nil when only a place is named.
    var hero: Subject?
    /// The place behind it, or the place that is the picture.
    var place: Subject?
    var light: Light?
    var mood: Mood?
    /// The colour of the hero itself: the word right before it.
    var heroColour: ColourWord?
    /// The other colours, in the prompt's order.
    var colours: [ColourWord] = []
    /// Words that choose between variants of a scene.
    private var words: Set<String> = []

    init(_ prompt: String) {
        let words = Self.words(prompt)
        self.words = Set(words)
        var heroPosition: Int?
        for (index, word) in words.enumerated() {
            if let subject = Self.find(word, in: Vocabulary.subjects) {
                if subject.isPlace {
                    if place == nil { place = subject }
                } else if hero == nil {
                    hero = subject
                    heroPosition = index
                }
            }
            if light == nil { light = Self.find(word, in: Vocabulary.lights) }
            if mood == nil { mood = Self.find(word, in: Vocabulary.moods) }
        }
        for (index, word) in words.enumerated() {
            guard let colour = Self.find(word, in: Vocabulary.colours) else { continue }
            if let heroPosition, heroColour == nil, Self.belongs(index, toHeroAt: heroPosition, in: words) {
                heroColour = colour
            } else {
                colours.append(colour)
            }
        }
    }

    /// "a red mug", "a bouquet of pink roses", "a woman in a teal coat", but not "a mug on a blue table".
    private static func belongs(_ colour: Int, toHeroAt hero: Int, in words: [String]) -> Bool {
        let surroundings: Set = [
            "background", "backdrop", "wall", "table", "sky", "room", "palette", "tones", "light", "lights", "sunset",
            "and",
        ]
        if colour + 1 < words.count, surroundings.contains(words[colour + 1]) { return false }
        if colour < hero { return hero - colour <= 3 }
        let breaks: Set = ["on", "against", "before", "under", "over", "near", "at", "by", "beside", "behind"]
        return colour - hero <= 7 && !words[hero..<colour].contains { breaks.contains($0) }
    }

    /// Whether one of these begins a word of the prompt.
    func mentions(_ beginnings: String...) -> Bool {
        words.contains { word in beginnings.contains { word.hasPrefix($0) } }
    }

    private static func words(_ prompt: String) -> [String] {
        prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(400).map(String.init)
    }

    private static func find<Meaning>(_ word: String, in entries: [(Meaning, [String])]) -> Meaning? {
        entries.first { $0.1.contains { matches(word, $0) } }?.0
    }

    private static func matches(_ word: String, _ entry: String) -> Bool {
        if entry.utf8.last == UInt8(ascii: ".") {
            return word.utf8.count == entry.utf8.count - 1 && word.utf8.elementsEqual(entry.utf8.dropLast())
        }
        if let first = entry.unicodeScalars.first, first.value > 0x600 { return word.contains(entry) }
        return word.utf8.starts(with: entry.utf8)
    }
}
