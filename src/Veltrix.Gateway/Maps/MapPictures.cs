using Veltrix.World.Maps;

namespace Veltrix.Gateway.Maps;

/// <summary>Maps as PNG files. The last few that everybody asks for are kept; drawing happens one at a time.</summary>
internal sealed class MapPictures(IMapThreads threads)
{
    private const int MostKept = 8;
    private readonly Dictionary<(string Hash, int Scale), byte[]> _kept = [];
    private readonly Queue<(string Hash, int Scale)> _order = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <exception cref="MapException">The picture would be too large.</exception>
    public async ValueTask<byte[]> DrawAsync(TileMap map, int scale, bool marks, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!marks && _kept.TryGetValue((map.Hash, scale), out var known))
            {
                return known;
            }

            var picture = await threads.RunAsync(() => MapImage.Render(map, scale, marks), cancellationToken);
            if (!marks)
            {
                Keep((map.Hash, scale), picture);
            }

            return picture;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Keep((string Hash, int Scale) key, byte[] picture)
    {
        _kept[key] = picture;
        _order.Enqueue(key);
        if (_order.Count > MostKept)
        {
            _kept.Remove(_order.Dequeue());
        }
    }
}
