using Veltrix.World;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>The last few tiles where a bot did something that it must see when it looks there.</summary>
internal sealed class Recent
{
    private const int Length = 8;
    private readonly (Tile Tile, uint Count)[] _last = new (Tile, uint)[Length];
    private int _added;

    public ReadOnlySpan<(Tile Tile, uint Count)> All => _last.AsSpan(0, Math.Min(_added, Length));

    public void Add(Tile tile, uint count) => _last[_added++ % Length] = (tile, count);
}
