import FluxClient
import Testing

@testable import FluxModule

/// What other programs' texts become, by the names under which `flux.read` finds them.
@Suite struct ForeignPictureTests {
    private func origin(_ texts: [String: String], model: String = "flux-2-pro") throws -> PictureOrigin {
        try #require(ForeignPicture(texts)).origin(for: Catalogue.flux[model])
    }

    private static let a1111 =
        "a castle\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 832x1216, Version: v1.6.0"

    @Test(arguments: ["parameters", "UserComment", "Comment"]) func textOfA1111IsFoundWhereverItStands(name: String)
        throws
    {
        let origin = try origin([name: Self.a1111])
        #expect(origin.program == "A1111")
        #expect(origin.request == ["prompt": "a castle", "seed": 5, "aspect_ratio": "3:4"])
        #expect(origin.rest["Negative prompt"] == "fog" && origin.rest["Sampler"] == "Euler a")
        #expect(origin.rest["Size"] == "832x1216")
    }

    @Test(arguments: [
        ("Version: f2.0.1v1.10.1-previous", "Forge"), ("Version: ComfyUI", "ComfyUI"),
        ("Version: Fooocus v2.5.5", "Fooocus v2.5.5"), ("Version: 3cf2b32, App: SD.Next", "SD.Next"),
    ])
    func kinOfA1111IsToldApart(pairs: String, program: String) throws {
        #expect(try origin(["parameters": "x\nSteps: 1, Seed: 2, \(pairs)"]).program == program)
    }

    @Test func sizeBecomesSidesWhereTheModelDocumentsThem() throws {
        #expect(
            try origin(["parameters": Self.a1111], model: "flux-1.1-pro").request
                == ["prompt": "a castle", "seed": 5, "width": 832, "height": 1216])
    }

    @Test(arguments: [
        (512, 512, "1:1"), (512, 768, "3:4"), (1920, 1080, "16:9"), (2560, 1080, "64:27"), (1, 4, "1:4"),
        (768, 1344, "9:16"),
    ])
    func otherSizesBecomeTheNearestRatioThatIsDocumented(width: Int, height: Int, ratio: String) {
        let size = SizeParameters(width: width, height: height)
        #expect(size.parameters(for: Catalogue.flux["flux-2-pro"]) == ["aspect_ratio": .string(ratio)])
    }

    @Test func seedThatIsNoneStaysText() throws {
        let origin = try origin(["parameters": "x\nSteps: 1, Seed: -1, Size: 8x8"])
        #expect(origin.request["seed"] == nil && origin.rest["Seed"] == "-1")
    }

    @Test func comfyGraphIsFollowedFromItsSampler() throws {
        let graph = #"""
            {"9":{"class_type":"SaveImage","inputs":{"images":["8",0]}},
             "13":{"class_type":"SamplerCustomAdvanced","inputs":
               {"noise":["25",0],"guider":["22",0],"sampler":["16",0],"latent_image":["27",0]}},
             "16":{"class_type":"KSamplerSelect","inputs":{"sampler_name":"euler"}},
             "22":{"class_type":"BasicGuider","inputs":{"model":["30",0],"conditioning":["26",0]}},
             "25":{"class_type":"RandomNoise","inputs":{"noise_seed":219670278747233}},
             "26":{"class_type":"FluxGuidance","inputs":{"guidance":3.5,"conditioning":["6",0]}},
             "6":{"class_type":"CLIPTextEncode","inputs":{"text":["40",0],"clip":["11",0]}},
             "40":{"class_type":"PrimitiveString","inputs":{"value":"a boat, at sea"}},
             "27":{"class_type":"EmptySD3LatentImage","inputs":{"width":1344,"height":768,"batch_size":1}},
             "30":{"class_type":"UNETLoader","inputs":{"unet_name":"flux1-dev.safetensors"}}}
            """#
        for texts in [["prompt": graph], ["Model": "prompt:" + graph, "Make": "workflow:{\"nodes\":[]}"]] {
            let origin = try origin(texts)
            #expect(origin.program == "ComfyUI")
            #expect(
                origin.request == ["prompt": "a boat, at sea", "seed": 219_670_278_747_233, "aspect_ratio": "16:9"])
            #expect(origin.rest["prompt"] == graph)
        }
    }

    @Test func comfyGraphThatGoesInCirclesEnds() throws {
        let graph =
            #"{"1":{"class_type":"KSampler","inputs":{"positive":["2",0]}},"2":{"inputs":{"a":["2",0],"b":["1",0]}}}"#
        let origin = try origin(["prompt": graph])
        #expect(origin.program == "ComfyUI" && origin.request.isEmpty)
    }

    @Test func othersAreKnownByTheirTexts() throws {
        let json = #"{"prompt":"a tree","seed":4,"width":512,"height":512,"steps":30,"uc":"fog"}"#
        let cases: [([String: String], String, [String: JSONValue])] = [
            (
                ["invokeai_metadata": #"{"positive_prompt":"a tree","seed":4,"width":512,"height":512}"#], "InvokeAI",
                ["prompt": "a tree", "seed": 4, "aspect_ratio": "1:1"]
            ),
            (
                ["sd-metadata": #"{"app_id":"x","image":{"prompt":[{"prompt":"a tree","weight":1}],"seed":4}}"#],
                "InvokeAI",
                ["prompt": "a tree", "seed": 4]
            ),
            (
                ["Dream": #""a tree" -s 50 -S 4 -W 512 -H 512"#], "InvokeAI",
                ["prompt": "a tree", "seed": 4, "aspect_ratio": "1:1"]
            ),
            (
                ["Software": "NovelAI", "Comment": json], "NovelAI",
                ["prompt": "a tree", "seed": 4, "aspect_ratio": "1:1"]
            ),
            (
                ["parameters": #"{"sui_image_params":{"prompt":"a tree","seed":4}}"#], "SwarmUI",
                ["prompt": "a tree", "seed": 4]
            ),
            (
                [
                    "parameters": #"{"prompt":"a tree","seed":"4","resolution":"(896, 1152)"}"#,
                    "fooocus_scheme": "fooocus",
                ],
                "Fooocus", ["prompt": "a tree", "seed": 4, "aspect_ratio": "3:4"]
            ),
            (
                ["UserComment": #"{"c":"a tree","seed":4,"size":"512x512"}"#], "Draw Things",
                ["prompt": "a tree", "seed": 4, "aspect_ratio": "1:1"]
            ),
            (
                ["prompt": "a tree", "seed": "4", "use_stable_diffusion_model": "x"], "Easy Diffusion",
                ["prompt": "a tree", "seed": 4]
            ),
            (
                ["Description": "a tree --ar 16:9 --v 6.1 --seed 4 Job ID: 00-11"], "Midjourney",
                ["prompt": "a tree", "seed": 4, "aspect_ratio": "16:9"]
            ),
        ]
        for (texts, program, request) in cases {
            let origin = try origin(texts)
            #expect(origin.program == program)
            #expect(origin.request == request, "\(program)")
        }
    }

    /// Nobody shall pay for a picture of "OLYMPUS DIGITAL CAMERA".
    @Test(arguments: [
        ["Description": "OLYMPUS DIGITAL CAMERA", "Make": "OLYMPUS"],
        ["Software": "GIMP 2.10", "Comment": "Created with GIMP"],
        ["UserComment": "at the beach"], ["prompt": "{}"], ["parameters": "{\"a\":1}"], [:],
    ])
    func textsOfCamerasAndEditorsTellNothing(texts: [String: String]) { #expect(ForeignPicture(texts) == nil) }

    /// Ten thousand texts with wrong bytes in them.
    @Test func mutatedTextsNeverCrash() {
        let seeds: [[String: String]] = [
            ["parameters": Self.a1111], ["Dream": "\"a\" -S 4 -W 5"], ["Description": "a --ar 1:0 --seed 9 Job ID: x"],
            [
                "prompt":
                    #"{"3":{"class_type":"KSampler","inputs":{"seed":9,"positive":["6",0],"latent_image":["6",0]}},"#
                    + #""6":{"class_type":"C","inputs":{"text":"a boat","width":0,"height":9223372036854775807}}}"#
            ],
            ["invokeai_metadata": #"{"positive_prompt":"x","seed":4,"width":512,"height":512}"#],
        ]
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let marks = Array("{}[]\",:\\0-9xX \n\r".utf8) + [0xFF, 0]
        for round in 0..<10_000 {
            let texts = seeds[round % seeds.count].mapValues { text in
                var bytes = Array(text.utf8)
                for _ in 0..<1 + next(4) { bytes[next(bytes.count)] = marks[next(marks.count)] }
                if next(4) == 0 { bytes.removeLast(next(bytes.count)) }
                return String(decoding: bytes, as: UTF8.self)
            }
            _ = ForeignPicture(texts)?.origin(for: Catalogue.flux["flux-2-pro"])
        }
    }
}
