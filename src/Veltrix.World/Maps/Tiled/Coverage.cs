namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// Which tiles a shape stands on. A rectangle holds the rows and columns of which it covers at least half; one too thin or too small for that
/// holds those of its middle, so that a thin wall has no gaps. Other shapes hold tiles with at least half of their area, and at least the tile
/// of their middle. A polyline holds the tiles that it passes.
/// </summary>
internal sealed class Coverage(TiledMap map, string file)
{
    private const long MostWork = 150_000_000;
    private const int Samples = 4;

    private long _work;

    /// <summary>Calls <paramref name="visit"/> with the index of each tile of the map that the shape holds, perhaps more than once.</summary>
    public void Visit(TiledObject shape, double offsetX, double offsetY, Action<int> visit)
    {
        double x = ((shape.X + offsetX) / map.TileWidth) - map.OriginX, y = ((shape.Y + offsetY) / map.TileHeight) - map.OriginY;
        double width = shape.Width / map.TileWidth, height = shape.Height / map.TileHeight;
        (x, y) = (x - (shape.Anchor.X * width), y - (shape.Anchor.Y * height));
        if (shape.Shape == TiledShape.Polyline)
        {
            Line(shape, x, y, visit);
        }
        else if (shape.Shape is TiledShape.Rectangle or TiledShape.Tile or TiledShape.Point && shape.Rotation == 0)
        {
            var (left, right) = Span(x, width, map.Width);
            var (top, bottom) = Span(y, height, map.Height);
            Spend(((long)bottom - top) * ((long)right - left));
            for (var row = top; row < bottom; row++)
            {
                for (var column = left; column < right; column++)
                {
                    visit((row * map.Width) + column);
                }
            }
        }
        else
        {
            Area(shape, offsetX, offsetY, visit);
        }
    }

    /// <summary>Whether a shape holds a point; both in pixels of the same place.</summary>
    public static bool Holds(TiledObject shape, double x, double y)
    {
        (x, y) = (x - shape.X, y - shape.Y);
        if (shape.Rotation != 0)
        {
            var (sin, cos) = Math.SinCos(-shape.Rotation * Math.PI / 180);
            (x, y) = ((x * cos) - (y * sin), (x * sin) + (y * cos));
        }

        switch (shape.Shape)
        {
            case TiledShape.Ellipse:
                double across = (x / shape.Width * 2) - 1, down = (y / shape.Height * 2) - 1;
                return (across * across) + (down * down) <= 1;
            case TiledShape.Polygon:
                var inside = false;
                var before = shape.Corners.Count > 0 ? shape.Corners[^1] : default;
                foreach (var corner in shape.Corners)
                {
                    if (corner.Y > y != before.Y > y && x < ((before.X - corner.X) * (y - corner.Y) / (before.Y - corner.Y)) + corner.X)
                    {
                        inside = !inside;
                    }

                    before = corner;
                }

                return inside;
            default:
                (x, y) = (x + (shape.Anchor.X * shape.Width), y + (shape.Anchor.Y * shape.Height));
                return x >= 0 && x < shape.Width && y >= 0 && y < shape.Height;
        }
    }

    /// <summary>The box around a shape, in pixels, its rotation included.</summary>
    public static (double Left, double Top, double Right, double Bottom) Box(TiledObject shape)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        var (sin, cos) = Math.SinCos(shape.Rotation * Math.PI / 180);
        double west = -shape.Anchor.X * shape.Width, north = -shape.Anchor.Y * shape.Height;
        IReadOnlyList<(double X, double Y)> corners = shape.Corners.Count > 0 ? shape.Corners
            : [(west, north), (west + shape.Width, north), (west, north + shape.Height), (west + shape.Width, north + shape.Height)];
        foreach (var (cornerX, cornerY) in corners)
        {
            double x = shape.X + (cornerX * cos) - (cornerY * sin), y = shape.Y + (cornerX * sin) + (cornerY * cos);
            (left, right) = (Math.Min(left, x), Math.Max(right, x));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
        }

        return (left, top, right, bottom);
    }

    private static (int From, int To) Span(double start, double length, int limit)
    {
        int from = Clamp(Math.Ceiling(start - 0.5 - 1e-6), limit), to = Clamp(Math.Floor(start + length + 0.5 + 1e-6), limit);
        if (to > from)
        {
            return (from, to);
        }

        var middle = Math.Floor(start + (length / 2));
        return middle >= 0 && middle < limit ? ((int)middle, (int)middle + 1) : (0, 0);
    }

    private static int Clamp(double value, int limit) => (int)Math.Clamp(value, 0, limit);

    private void Area(TiledObject shape, double offsetX, double offsetY, Action<int> visit)
    {
        var box = Box(shape);
        int left = Column(box.Left + offsetX), right = Math.Min(map.Width, Column(box.Right + offsetX) + 1);
        int top = Row(box.Top + offsetY), bottom = Math.Min(map.Height, Row(box.Bottom + offsetY) + 1);
        Spend((long)Math.Max(0, bottom - top) * Math.Max(0, right - left) * Samples * Math.Max(4, shape.Corners.Count));
        var any = false;
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                var held = 0;
                for (var i = 0; i < Samples * Samples; i++)
                {
                    var x = ((column + map.OriginX + (((i % Samples) + 0.5) / Samples)) * map.TileWidth) - offsetX;
                    var y = ((row + map.OriginY + (((i / Samples) + 0.5) / Samples)) * map.TileHeight) - offsetY;
                    held += Holds(shape, x, y) ? 1 : 0;
                }

                if (held * 2 >= Samples * Samples)
                {
                    any = true;
                    visit((row * map.Width) + column);
                }
            }
        }

        double middleX = (((box.Left + box.Right) / 2) + offsetX) / map.TileWidth - map.OriginX, middleY = (((box.Top + box.Bottom) / 2) + offsetY) / map.TileHeight - map.OriginY;
        if (!any && middleX >= 0 && middleY >= 0 && middleX < map.Width && middleY < map.Height)
        {
            visit(((int)middleY * map.Width) + (int)middleX);
        }

        int Column(double pixel) => Clamp(Math.Floor((pixel / map.TileWidth) - map.OriginX), map.Width);

        int Row(double pixel) => Clamp(Math.Floor((pixel / map.TileHeight) - map.OriginY), map.Height);
    }

    private void Line(TiledObject shape, double x, double y, Action<int> visit)
    {
        var (sin, cos) = Math.SinCos(shape.Rotation * Math.PI / 180);
        (double X, double Y)? before = null;
        foreach (var corner in shape.Corners)
        {
            var at = (X: x + (((corner.X * cos) - (corner.Y * sin)) / map.TileWidth), Y: y + (((corner.X * sin) + (corner.Y * cos)) / map.TileHeight));
            var from = before ?? at;
            var steps = (long)Math.Min(2.0 * (map.Width + map.Height + Math.Max(Math.Abs(at.X - from.X), Math.Abs(at.Y - from.Y))), 4 * 16_384) + 1;
            Spend(steps);
            for (var i = 0L; i <= steps; i++)
            {
                double column = Math.Floor(from.X + ((at.X - from.X) * i / steps)), row = Math.Floor(from.Y + ((at.Y - from.Y) * i / steps));
                if (column >= 0 && row >= 0 && column < map.Width && row < map.Height)
                {
                    visit(((int)row * map.Width) + (int)column);
                }
            }

            before = at;
        }
    }

    private void Spend(long work)
    {
        if ((_work += work) > MostWork)
        {
            throw new MapException($"{file}: its object layers have shapes too large and with too many corners to work out; draw them with fewer corners, or as tiles.");
        }
    }
}
