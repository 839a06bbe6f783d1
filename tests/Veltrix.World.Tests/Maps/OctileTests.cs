namespace Veltrix.World.Tests.Maps;

public class OctileTests
{
    private const string Head = "type octile\nheight 2\nwidth 4\nmap\n";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Grid_WithEitherLineEnd_IsRead(string end)
    {
        var read = MapFiles.Read("city.map", (Head + ".GS@\nOTW.").Replace("\n", end, StringComparison.Ordinal));

        Assert.Equal("octile", read.Report.Format);
        Assert.Equal("city", read.Map.Name);
        Assert.Equal([true, true, true, false, false, false, false, true], Enumerable.Range(0, 8).Select(i => read.Map.IsOpen(i % 4, i / 4)));
        Assert.True(read.Map[2, 0].Cost > read.Map[0, 0].Cost);
        Assert.True(read.Map.Hides(3, 0) && read.Map.Hides(1, 1) && !read.Map.Hides(2, 1));
    }

    [Fact]
    public void OutOfBounds_HidesTheView_LikeAWall() => Assert.True(MapFiles.Read("city.map", Head + ".GS@\nOTW.").Map.Hides(0, 1));

    [Fact]
    public void ByteOrderMark_IsReadOver() => Assert.Equal("octile", MapFiles.Read("city.map", "\uFEFF" + Head + "....\n....").Report.Format);

    [Theory]
    [InlineData("type octile\nheight 2\nwidth 4\n", "\"map\" is missing")]
    [InlineData("type hog\nheight 2\nwidth 4\nmap\n....\n....", "reads octile")]
    [InlineData("type octile\nheight two\nwidth 4\nmap\n....\n....", "line 2: \"two\" is no whole number")]
    [InlineData("type octile\nheight 2\nwidth 4\nmap\n....\n...", "line 6: the row has 3 tiles")]
    [InlineData("type octile\nheight 2\nwidth 4\nmap\n....\n", "ends before")]
    [InlineData("type octile\nheight 2\nwidth 4\nmap\n...\n.....\n", "line 5")]
    [InlineData("type octile\nheight 2\nwidth 4\nmap\n....\n..x.\n", "line 6: 'x' in column 3")]
    [InlineData("type octile\nheight 2\nwidth 4\nmap\n....\n....\n....\n", "line 7")]
    [InlineData("type octile\nheight 20000\nwidth 20000\nmap\n....\n", "cut it into several")]
    [InlineData("type octile\nheight 0\nwidth 4\nmap\n", "at least 1")]
    public void BrokenGrid_IsToldWithItsLine(string text, string part)
    {
        var error = MapFiles.Error(text, "city.map");

        Assert.StartsWith("city.map", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
