import Foundation
import TestSupport
import Testing

/// Pictures as other programs write them: the service takes them, or the line that asks says why not.
@Suite(.timeLimit(.minutes(5))) struct PictureInputTests {
    /// Made by Pillow and ImageMagick, so that nothing of ours decides what is in them.
    private static let maker = """
        import os, subprocess
        from PIL import Image, ImageDraw
        base = Image.new("RGB", (96, 64), (200, 180, 150))
        ImageDraw.Draw(base).ellipse((10, 10, 60, 60), fill=(180, 30, 30))
        other = base.rotate(20)
        turned = Image.Exif()
        turned[0x112] = 6
        base.save("plain.jpg")
        base.save("progressive.jpg", progressive=True)
        base.save("turned.jpg", exif=turned)
        base.convert("CMYK").save("cmyk.jpg")
        base.convert("L").save("grey.png")
        base.convert("LA").save("grey_alpha.png")
        base.convert("1").save("one_bit.png")
        base.convert("P", palette=Image.ADAPTIVE, colors=16).save("palette.png", bits=4)
        base.save("still.webp")
        for name in ("frames.gif", "frames.webp", "frames.png"):
            base.save(name, save_all=True, append_images=[other], duration=100)
        base.save("jpeg inside.png", format="JPEG")
        base.save("png inside.jpg", format="PNG")
        subprocess.run(["convert", "plain.jpg", "-define", "png:bit-depth=16", "PNG48:sixteen_bit.png"], check=True)
        plain = open("plain.jpg", "rb").read()
        for name in ("a 'single' and a \\"double\\" quote.jpg", "line\\nbreak.jpg", "café 한국 ;&%20#?.jpg", "back\\\\slash.jpg"):
            open(name, "wb").write(plain)
        # As telephones hide a film behind a picture.
        open("film behind.jpg", "wb").write(plain + bytes(100000))
        os.mkdir("wrong")
        for name in ("plain.jpg", "palette.png", "still.webp", "progressive.jpg"):
            whole = open(name, "rb").read()
            open("wrong/cut " + name, "wb").write(whole[: len(whole) * 2 // 3])
        base.save("wrong/tiff.jpg", format="TIFF")
        base.save("wrong/bmp.png", format="BMP")
        Image.new("L", (10001, 10000)).save("wrong/large.png", compress_level=1)
        def write(name, bytes):
            open("wrong/" + name, "wb").write(bytes)
        write("head.jpg", plain[:20])
        write("empty.png", b"")
        write("heic.jpg", b"\\0\\0\\0\\x18ftypheic\\0\\0\\0\\0mif1heic" + bytes(100))
        write("avif.jpg", b"\\0\\0\\0\\x1cftypavif\\0\\0\\0\\0avifmif1" + bytes(100))
        write("photoshop.jpg", b"8BPS\\0\\1" + bytes(100))
        write("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        write("page.jpg", b"<!DOCTYPE html><title>Not found</title>")
        write("text.jpg", b"a note")
        open(b"wrong/latin1 \\xe9.jpg", "wb").write(plain)
        """

    private static let script = """
        local function names(folder)
          local found = io.popen("find " .. folder .. " -maxdepth 1 -type f ! -name '*.lua' ! -name '*.py' -print0 | LC_ALL=C sort -z")
          local list = {}
          for name in found:read("a"):gmatch("[^\\0]+") do list[#list + 1] = (name:gsub("^%./", "")) end
          return list
        end
        for _, name in ipairs(names(".")) do
          local job = flux.generate {
            model = "flux-1.1-pro", width = 256, height = 256, prompt = "like this", seed = 1, image_prompt = name }
          print(("%q"):format(name), job:await() and "made")
        end
        for _, name in ipairs(names("wrong")) do
          print(select(2, pcall(flux.generate, { prompt = "like this", image_prompt = name })).message)
        end
        for _, side in ipairs { "Left outpaint", "Make square" } do
          local ok, err = pcall(flux.edit, { image = "turned.jpg", outpaint = side, prompt = "more" })
          print(ok, not ok and err.message)
        end
        """

    @Test func picturesOfOtherProgramsAreTakenOrRefusedWithTheReason() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(Self.maker, to: "maker.py")
        try program.write(Self.script, to: "try.lua")
        let made = try await program.run(["maker.py"], of: URL(fileURLWithPath: "/usr/bin/python3"))
        #expect(made.status == 0, "\(made.error)")
        let result = try await program.run(["try.lua"])
        func refused(_ reason: String) -> String { "flux.generate: image_prompt: \(reason)\n" }
        let cut = "is damaged or cut short: it may not have been copied to its end"
        let other = "which the service does not accept: save it as a PNG or JPEG picture"
        #expect(
            result.output
                == """
                "a 'single' and a \\"double\\" quote.jpg"	made
                "back\\\\slash.jpg"	made
                "café 한국 ;&%20#?.jpg"	made
                "cmyk.jpg"	made
                "film behind.jpg"	made
                "frames.gif"	made
                "frames.png"	made
                "frames.webp"	made
                "grey.png"	made
                "grey_alpha.png"	made
                "jpeg inside.png"	made
                "line\\
                break.jpg"	made
                "one_bit.png"	made
                "palette.png"	made
                "plain.jpg"	made
                "png inside.jpg"	made
                "progressive.jpg"	made
                "sixteen_bit.png"	made
                "still.webp"	made
                "turned.jpg"	made

                """
                + refused("wrong/avif.jpg is an AVIF picture, \(other)")
                + refused("wrong/bmp.png is a BMP picture, \(other)")
                + refused("wrong/cut palette.png \(cut)") + refused("wrong/cut plain.jpg \(cut)")
                + refused("wrong/cut progressive.jpg \(cut)") + refused("wrong/cut still.webp \(cut)")
                + refused("wrong/drawing.png is an SVG drawing, \(other)") + refused("wrong/empty.png is empty")
                + refused("cannot read wrong/head.jpg: the JPEG picture is damaged: it has no pixels")
                + refused("wrong/heic.jpg is a HEIC picture, \(other)")
                + refused(
                    "cannot read wrong/large.png: the picture is too large: 10001×10000 pixels, the limit is 100000000 "
                        + "pixels")
                + refused("the file's name must be UTF-8 text; rename the file")
                + refused("wrong/page.jpg is a web page, \(other)")
                + refused("wrong/photoshop.jpg is a Photoshop file, \(other)")
                + refused("not a PNG, JPEG, WebP or GIF picture: wrong/text.jpg")
                + refused("wrong/tiff.jpg is a TIFF or a camera's raw picture, \(other)")
                    + """
                    false	flux.edit: image: turned.jpg is stored as 96 × 64 and turned by its EXIF \
                    (orientation 6), so 'Left outpaint' may extend a different side from the one that you see; save it upright \
                    first (magick turned.jpg -auto-orient upright.png)
                    true	false

                    """, "stderr: \(result.error)")
        #expect(result.status == 0)
    }
}
