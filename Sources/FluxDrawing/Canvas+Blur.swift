extension Canvas {
    /// Three box blurs, which together come close to a Gaussian of that radius (in units). For small layers.
    package func blur(radius: Double) {
        let pixels = max(1, Int((radius * scale / 1.7).rounded()))
        withPixels { data, bytesPerRow in
            for _ in 0..<3 {
                for y in 0..<size.height {
                    Self.blurLine(data + y * bytesPerRow, count: size.width, step: 4, radius: pixels)
                }
                for x in 0..<size.width {
                    Self.blurLine(data + x * 4, count: size.height, step: bytesPerRow, radius: pixels)
                }
            }
        }
    }

    /// The mean over a window that slides along one row or column; beyond its ends the last pixel goes on.
    private static func blurLine(_ line: UnsafeMutablePointer<UInt8>, count: Int, step: Int, radius: Int) {
        let span = radius * 2 + 1
        withUnsafeTemporaryAllocation(of: SIMD4<Int32>.self, capacity: count) { copy in
            var pixel = line
            for index in 0..<count {
                copy[index] = SIMD4(Int32(pixel[0]), Int32(pixel[1]), Int32(pixel[2]), Int32(pixel[3]))
                pixel += step
            }
            var sum = copy[0] &* Int32(radius)
            for index in 0..<radius { sum &+= copy[min(index, count - 1)] }
            // Division by the span as a multiplication, in 16 binary places.
            let factor = Int32((65_536 + span / 2) / span)
            pixel = line
            for index in 0..<count {
                sum &+= copy[min(index + radius, count - 1)]
                let mean = (sum &* factor &+ 32_768) &>> 16
                pixel[0] = UInt8(clamping: mean.x)
                pixel[1] = UInt8(clamping: mean.y)
                pixel[2] = UInt8(clamping: mean.z)
                pixel[3] = UInt8(clamping: mean.w)
                pixel += step
                sum &-= copy[max(index - radius, 0)]
            }
        }
    }
}
