using System.Buffers.Binary;
using System.IO.Compression;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class MapImageTests
{
    [Fact]
    public void Picture_IsAPngOfTheMapsSize_WithItsColours()
    {
        var map = MapFiles.Map(MapFiles.Tmx(3, 2, MapFiles.Tile(0, "colour", "#ff102030") + MapFiles.Tile(1, "colour", "#c08040"), MapFiles.Layer("a", 3, 2, "1,1,1,2,2,2")));

        var (width, height, pixels) = Decode(MapImage.Render(map, 5));

        Assert.Equal((15, 10), (width, height));
        Assert.True(IsNear(pixels, (2 * 15) + 7, 0x102030));
        Assert.True(IsNear(pixels, (7 * 15) + 7, 0xC08040));
    }

    [Fact]
    public void Treasure_IsMarkedInGold()
    {
        var map = MapFiles.Map(MapFiles.Tmx(3, 3, "", MapFiles.Layer("a", 3, 3, "1,1,1,1,1,1,1,1,1") + """<objectgroup name="o"><object id="1" name="chest" x="24" y="24"><point/></object></objectgroup>"""));

        var marked = Decode(MapImage.Render(map, 9)).Pixels;
        var plain = Decode(MapImage.Render(map, 9, marks: false)).Pixels;

        Assert.True(IsNear(marked, (13 * 27) + 13, 0xFFD21F));
        Assert.False(IsNear(plain, (13 * 27) + 13, 0xFFD21F));
    }

    [Fact]
    public void TooLargeAPicture_IsRefused() =>
        Assert.Contains("smaller scale", Assert.Throws<MapException>(() => MapImage.Render(IslandGenerator.Generate(256, 256, 1), 64)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a.tmx")]
    [InlineData("a.tmj")]
    public void ExportedMap_ReadAgain_HasTheSameGroundColoursAndObjects(string name)
    {
        var map = IslandGenerator.Generate(64, 48, 11);
        var bytes = name.EndsWith('x') ? MapExport.Tmx(map, "a.png") : MapExport.Tmj(map, "a.png");

        var again = MapReader.Read(name, new UploadedMapFiles([KeyValuePair.Create(name, bytes)]));

        Assert.Equal(map.GroundBits.ToArray(), again.GroundBits.ToArray());
        Assert.Equal(map.Objects, again.Objects);
        Assert.Equal(map.Paint.ToArray().Select(i => map.Palette[i]), again.Paint.ToArray().Select(i => again.Palette[i]));
        var (width, height, _) = Decode(MapExport.Tileset(map));
        Assert.Equal((256, 0), (width, height % 16));
    }

    [Fact]
    public void ExportedGrid_ReadAgain_BlocksTheSameTiles()
    {
        var map = IslandGenerator.Generate(64, 48, 11);

        var again = MapReader.Read("a.map", new UploadedMapFiles([KeyValuePair.Create("a.map", MapExport.Octile(map))]));

        Assert.Equal(map.GroundBits.ToArray().Select(bits => Ground.FromBits(bits).Blocks), again.GroundBits.ToArray().Select(bits => Ground.FromBits(bits).Blocks));
    }

    [Fact]
    public void StoredMap_IsReadByItsContent()
    {
        var map = IslandGenerator.Generate(64, 48, 11);

        var again = MapReader.ReadWithReport("whatever.bin", new UploadedMapFiles([KeyValuePair.Create("whatever.bin", MapCodec.Encode(map))]), new MapReadOptions { Name = "new" });

        Assert.Equal(map.Hash, again.Map.Hash);
        Assert.Equal("new", again.Map.Name);
    }

    [Fact]
    public void Inspection_CountsWhatIsThere()
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 1, MapFiles.Tile(1, "terrain", "wall"), MapFiles.Layer("a", 4, 1, "1,1,2,1")
            + """<objectgroup name="o"><object id="1" name="chest" x="56" y="8"><point/></object><object id="2" name="chest" x="8" y="8"><point/></object></objectgroup>"""));

        var seen = MapInspection.Of(map);

        Assert.Equal((1, 3, 2, 2, 1), (seen.Regions, seen.OpenTiles, seen.Parts, seen.MainlandTiles, seen.TreasuresAside));
        Assert.Equal(0.75, seen.OpenShare);
        Assert.Contains((Terrain.Wall, 1), seen.Terrains);
        Assert.Equal([(MapObjectKind.Treasure, 2)], seen.Objects);
    }

    private static bool IsNear(uint[] pixels, int at, uint colour) =>
        Enumerable.Range(0, 3).All(part => Math.Abs((int)((pixels[at] >> (8 * part)) & 255) - (int)((colour >> (8 * part)) & 255)) <= 12);

    /// <summary>Reads a PNG of 8-bit RGB rows, and checks each chunk's CRC against the standard's own definition.</summary>
    private static (int Width, int Height, uint[] Pixels) Decode(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        int width = 0, height = 0;
        using var data = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var body = png.AsSpan(at + 4, length + 4);
            Assert.Equal(Crc(body), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            if (body.StartsWith("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body[4..]), BinaryPrimitives.ReadInt32BigEndian(body[8..]));
                Assert.Equal([8, 2, 0, 0, 0], body[12..].ToArray());
            }
            else if (body.StartsWith("IDAT"u8))
            {
                data.Write(body[4..]);
            }

            at += 12 + length;
        }

        data.Position = 0;
        using var unpacked = new ZLibStream(data, CompressionMode.Decompress);
        var pixels = new uint[width * height];
        byte[] row = new byte[(width * 3) + 1], above = new byte[width * 3];
        for (var y = 0; y < height; y++)
        {
            unpacked.ReadExactly(row);
            Assert.Equal(2, row[0]);
            for (var i = 0; i < above.Length; i++)
            {
                above[i] += row[i + 1];
            }

            for (var x = 0; x < width; x++)
            {
                pixels[(y * width) + x] = (uint)((above[x * 3] << 16) | (above[(x * 3) + 1] << 8) | above[(x * 3) + 2]);
            }
        }

        Assert.Equal(-1, unpacked.ReadByte());
        return (width, height, pixels);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var unit in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var odd = ((crc ^ (uint)(unit >> bit)) & 1) != 0;
                crc = odd ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
