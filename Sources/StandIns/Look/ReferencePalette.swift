import FluxDrawing
import FluxImaging

/// The few colours that a picture is made of, the commonest first.
enum ReferencePalette {
    static func colours(of raster: Raster, count: Int = 4) -> [Colour] {
        var samples: [Colour] = []
        let grid = 28
        for row in 0..<grid {
            for column in 0..<grid {
                let x = (column * 2 + 1) * raster.width / (grid * 2)
                let y = (row * 2 + 1) * raster.height / (grid * 2)
                guard let pixel = raster[x, y], pixel.w > 127 else { continue }
                samples.append(Colour(red: pixel.x, green: pixel.y, blue: pixel.z))
            }
        }
        guard !samples.isEmpty else { return [] }
        // Means of groups, starting from equal steps of lightness: no chance in it.
        let sorted = samples.sorted { $0.lightness < $1.lightness }
        var centers = (0..<count).map { sorted[(sorted.count * ($0 * 2 + 1)) / (count * 2)] }
        var sizes = [Int](repeating: 0, count: count)
        for _ in 0..<6 {
            var sums = [(Double, Double, Double)](repeating: (0, 0, 0), count: count)
            sizes = [Int](repeating: 0, count: count)
            for sample in samples {
                let nearest = centers.indices.min { distance(centers[$0], sample) < distance(centers[$1], sample) } ?? 0
                sums[nearest].0 += sample.lightness
                sums[nearest].1 += sample.a
                sums[nearest].2 += sample.b
                sizes[nearest] += 1
            }
            for index in centers.indices where sizes[index] > 0 {
                let size = Double(sizes[index])
                centers[index] = Colour(
                    lightness: sums[index].0 / size, a: sums[index].1 / size, b: sums[index].2 / size)
            }
        }
        return centers.indices.filter { sizes[$0] > 0 }.sorted { sizes[$0] > sizes[$1] }.map { centers[$0] }
    }

    private static func distance(_ a: Colour, _ b: Colour) -> Double {
        let (l, x, y) = (a.lightness - b.lightness, a.a - b.a, a.b - b.b)
        return l * l + 3 * (x * x + y * y)
    }
}
