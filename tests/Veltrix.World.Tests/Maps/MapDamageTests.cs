using System.Diagnostics;
using System.Text;
using CsCheck;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

/// <summary>Whatever happens to a file's bytes, it is a map or a <see cref="MapException"/>, soon and with little memory.</summary>
public class MapDamageTests
{
    private static readonly byte[][] Whole = Files();

    [Fact]
    public void TruncatedFile_IsAMapOrAMapException()
    {
        foreach (var file in Whole)
        {
            for (var length = 0; length < file.Length; length += Math.Max(1, file.Length / 400))
            {
                Try(file[..length]);
            }
        }
    }

    [Fact]
    public void FileWithFlippedBytes_IsAMapOrAMapException() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Select(Gen.Int[0, 1_000_000], Gen.Byte).Array[1, 6])
            .Sample((which, flips) =>
            {
                var bytes = (byte[])Whole[which].Clone();
                foreach (var (at, value) in flips)
                {
                    bytes[at % bytes.Length] = value;
                }

                Try(bytes);
            }, iter: 2_000);

    [Fact]
    public void FileWithAPieceDoubledOrCut_IsAMapOrAMapException() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Int[0, 1_000_000], Gen.Int[0, 200], Gen.Bool)
            .Sample((which, start, length, cut) =>
            {
                var bytes = Whole[which];
                var from = start % bytes.Length;
                var to = Math.Min(bytes.Length, from + length);
                Try(cut ? [.. bytes[..from], .. bytes[to..]] : [.. bytes[..to], .. bytes[from..]]);
            }, iter: 1_000);

    private static void Try(byte[] bytes)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var map = MapReader.Read("a.tmx", new UploadedMapFiles([KeyValuePair.Create("a.tmx", bytes)]));
            Assert.InRange(map.Width, 1, TileMap.MaxSide);
        }
        catch (MapException refused)
        {
            Assert.NotEmpty(refused.Message);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"Reading {bytes.Length} damaged bytes took {clock.Elapsed}.");
    }

    private static byte[][] Files()
    {
        var island = IslandGenerator.Generate(24, 16, 3);
        var tiles = MapFiles.Tile(1, "collides", "true") + """<tile id="2"><objectgroup><object id="1" x="0" y="0"><polygon points="0,0 16,0 8,16"/></object></objectgroup></tile>""" + """
            <wangsets><wangset name="t" type="corner" tile="-1"><wangcolor name="Grass" color="#00ff00" tile="-1"/><wangtile tileid="0" wangid="0,1,0,1,0,1,0,1"/></wangset></wangsets>
            """;
        var layers = new[] { "gzip", "zlib", "zstd", "" }.Select(compression => $"""<layer name="{compression}" width="4" height="4">{MapFiles.Data("base64", compression, 1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3, 1)}</layer>""");
        var objects = """<objectgroup name="collisions"><object id="1" x="3" y="4" rotation="20"><polygon points="0,0 40,0 20,30"/></object><object id="2" name="chest" gid="2" x="16" y="16" width="16" height="16"/></objectgroup>""";
        var tmx = MapFiles.Tmx(4, 4, tiles, string.Concat(layers) + $"<group name=\"g\" offsetx=\"3\">{objects}</group>");
        var chunks = MapFiles.Tmx(0, 0, tiles, """<layer name="a"><data encoding="csv"><chunk x="-2" y="-2" width="2" height="2">1,2,3,1</chunk><chunk x="4" y="9" width="2" height="2">1,2,3,1</chunk></data></layer>""", "infinite=\"1\"");
        return
        [
            Encoding.UTF8.GetBytes(tmx), Encoding.UTF8.GetBytes(chunks), MapExport.Tmx(island, "a.png"), MapExport.Tmj(island, "a.png"), MapExport.Octile(island), MapCodec.Encode(island),
        ];
    }
}
