import FluxDrawing

/// The words that the painter understands. Each is compared with the beginning of a prompt's word, so `flower` also
/// finds `flowers`; an entry that ends in `.` must match the whole word. Words of scripts that are written without
/// spaces are looked for anywhere.
enum Vocabulary {
    static let subjects: [(Subject, [String])] = [
        (
            .cup,
            [
                "mug", "cup.", "cups.", "coffee", "espresso", "latte", "tea.", "teacup", "cappuccino", "kaffee",
                "tasse",
                "taza", "커피", "머그", "コーヒー", "咖啡", "マグ", "قهوة",
            ]
        ),
        (.cat, ["cat.", "cats.", "kitten", "katze", "gato", "고양이", "猫", "قطة"]),
        (.dog, ["dog.", "dogs.", "puppy", "hund.", "perro", "corgi", "강아지", "犬", "狗"]),
        (.fox, ["fox.", "foxes.", "vixen", "fuchs", "zorro", "renard", "여우", "狐", "キツネ", "ثعلب"]),
        (
            .portrait,
            [
                "portrait", "person", "woman", "man.", "girl", "boy.", "face.", "people", "model.", "lady", "child",
                "fashion", "porträt", "retrato", "초상", "여자", "남자", "人物", "肖像", "女性", "男性",
            ]
        ),
        (
            .flower,
            [
                "flower", "rose.", "roses.", "lily", "lilies", "lavender", "sunflower", "tulip", "bouquet", "blossom",
                "peony", "peonies", "floral", "botanical", "daisy",
                "orchid", "blume", "flor.", "flores", "꽃", "花",
            ]
        ),
        (
            .car,
            [
                "car.", "cars.", "automobile", "vehicle", "truck", "van.", "roadster", "taxi", "auto.", "coche", "자동차",
                "車", "汽车",
            ]
        ),
        (
            .product,
            [
                "bottle", "perfume", "product", "packaging", "cosmetic", "skincare", "vase", "jar.", "candle", "watch.",
                "podium", "headphone", "speaker", "sneaker", "shoe", "flasche", "병.", "향수", "瓶",
            ]
        ),
        (
            .room,
            [
                "room", "office", "desk", "interior", "kitchen", "sofa", "bedroom", "studio", "living", "lamp", "cozy",
                "cosy", "library", "workspace", "apartment", "büro", "zimmer", "oficina", "방.", "사무실", "오피스", "책상",
                "部屋", "房间",
                "办公室", "机",
            ]
        ),
        (
            .city,
            [
                "city", "street", "sign.", "neon", "skyline", "town", "building", "urban", "skyscraper", "downtown",
                "alley", "tokyo", "seoul", "york", "cyberpunk", "shop", "stadt", "ciudad", "도시", "거리", "네온", "街", "都市",
                "城市", "ネオン", "مدينة",
            ]
        ),
        (
            .sea,
            [
                "sea.", "seas.", "beach", "boat", "ocean", "ship", "sail", "coast", "island", "harbor", "harbour",
                "wave",
                "surf", "meer", "strand", "playa", "mar.", "바다", "해변", "海", "船", "بحر", "قارب",
            ]
        ),
        (
            .landscape,
            [
                "mountain", "landscape", "forest", "tree", "lake", "hill", "valley", "river", "nature", "alps",
                "meadow", "field", "desert", "snow", "cabin", "canyon", "wood.", "woods", "garden", "park.", "berg",
                "wald",
                "montaña", "bosque", "산.", "산과", "숲", "풍경", "나무", "山", "森", "木", "景色", "风景", "جبل",
            ]
        ),
        (
            .sky,
            [
                "moon", "star.", "stars", "starry", "planet", "space", "galaxy", "cosmos", "astronaut", "universe",
                "sun.",
                "sky.", "cloud", "mond", "luna", "우주", "달.", "별", "宇宙", "月", "星", "قمر",
            ]
        ),
    ]

    static let lights: [(Light, [String])] = [
        (
            .night,
            ["night", "midnight", "dark.", "moonlit", "moonlight", "neon", "starry", "nacht", "noche", "밤", "夜", "ليل"]
        ),
        (
            .sunset,
            [
                "sunset", "dusk", "evening", "golden", "twilight", "sundown", "abend", "atardecer", "노을", "저녁", "夕",
                "غروب",
            ]
        ),
        (
            .morning,
            ["morning", "sunrise", "dawn", "misty", "mist.", "fog", "morgen", "amanecer", "아침", "새벽", "朝", "晨"]
        ),
        (.day, ["day.", "daylight", "noon", "sunny", "afternoon", "bright", "summer", "tag.", "낮", "오후", "昼"]),
    ]

    /// Hue and chroma; chroma 0 for those that are no hue.
    static let colours: [(ColourWord, [String])] = [
        (
            ColourWord(hue: 27, chroma: 0.17, lightness: 0.58),
            [
                "red", "crimson", "scarlet", "ruby", "rot.", "rojo", "빨간",
                "빨강", "赤", "红",
            ]
        ),
        (ColourWord(hue: 42, chroma: 0.13, lightness: 0.62), ["terracotta", "rust", "copper", "coral", "salmon"]),
        (ColourWord(hue: 60, chroma: 0.16, lightness: 0.7), ["orange", "amber", "tangerine", "naranja", "주황", "橙"]),
        (
            ColourWord(hue: 88, chroma: 0.15, lightness: 0.82),
            [
                "yellow", "gold.", "mustard", "lemon", "gelb", "amarillo",
                "노란", "노랑", "黄",
            ]
        ),
        (ColourWord(hue: 118, chroma: 0.1, lightness: 0.62), ["olive", "lime", "moss"]),
        (
            ColourWord(hue: 150, chroma: 0.12, lightness: 0.6),
            [
                "green", "emerald", "sage", "mint", "jade", "grün", "verde",
                "초록", "녹색", "緑", "绿",
            ]
        ),
        (ColourWord(hue: 195, chroma: 0.09, lightness: 0.62), ["teal", "turquoise", "cyan", "aqua", "türkis", "청록"]),
        (
            ColourWord(hue: 250, chroma: 0.13, lightness: 0.56),
            [
                "blue", "navy", "cobalt", "azure", "blau", "azul", "파란",
                "파랑", "푸른", "青", "蓝", "أزرق",
            ]
        ),
        (ColourWord(hue: 278, chroma: 0.14, lightness: 0.48), ["indigo"]),
        (
            ColourWord(hue: 305, chroma: 0.14, lightness: 0.56),
            [
                "purple", "violet", "lavender", "lilac", "plum", "lila",
                "morado", "보라", "紫",
            ]
        ),
        (
            ColourWord(hue: 355, chroma: 0.13, lightness: 0.72),
            [
                "pink", "magenta", "fuchsia", "blush", "rosa", "분홍", "ピンク",
                "粉",
            ]
        ),
        (
            ColourWord(hue: 55, chroma: 0.07, lightness: 0.45),
            ["brown", "chocolate", "wooden", "walnut", "braun", "갈색", "茶"]
        ),
        (ColourWord(hue: 80, chroma: 0.03, lightness: 0.88), ["beige", "cream", "ivory", "sand.", "linen", "베이지"]),
        (
            ColourWord(hue: 260, chroma: 0.012, lightness: 0.26),
            [
                "black", "charcoal", "schwarz", "negro", "검은", "검정", "黒",
                "黑",
            ]
        ),
        (ColourWord(hue: 80, chroma: 0.008, lightness: 0.95), ["white", "weiß", "blanco", "흰", "하얀", "白"]),
        (ColourWord(hue: 260, chroma: 0.01, lightness: 0.62), ["grey", "gray", "silver", "grau", "gris", "회색", "灰"]),
    ]

    static let moods: [(Mood, [String])] = [
        (.pastel, ["pastel", "soft.", "gentle", "delicate", "dreamy", "airy"]),
        (.vivid, ["vivid", "vibrant", "bold.", "saturated", "colorful", "colourful", "pop.", "neon"]),
        (.muted, ["minimal", "muted", "moody", "vintage", "scandinavian", "calm", "matte", "film.", "faded"]),
        (.monochrome, ["monochrome", "grayscale", "greyscale", "noir"]),
    ]
}

/// What a picture can show. The first half are things that stand before something, the second half places.
enum Subject: CaseIterable {
    case cup, cat, dog, fox, portrait, flower, car, product
    case room, city, sea, landscape, sky

    var isPlace: Bool {
        switch self {
        case .room, .city, .sea, .landscape, .sky: true
        default: false
        }
    }
}

enum Light: CaseIterable {
    case morning, day, sunset, night
}

enum Mood {
    case pastel, vivid, muted, monochrome
}

struct ColourWord {
    var hue: Double
    var chroma: Double
    var lightness: Double

    var isNeutral: Bool { chroma < 0.02 }
    var colour: Colour { Colour(lightness, chroma, hue) }
}
