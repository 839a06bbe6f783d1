namespace Veltrix.Grains.Regions;

/// <summary>Gathers what changes in a region between two news. It holds at most one word a player, and the finds.</summary>
/// <param name="region">the region</param>
/// <param name="version">the number of the last news before</param>
internal sealed class RegionNewsDesk(int region, long version = 0)
{
    private readonly HashSet<PlayerId> _changed = [];
    private readonly List<Find> _finds = [];
    private bool _clues;

    /// <summary>The number of the last news.</summary>
    public long Version { get; private set; } = version;

    public bool HasNews => _clues || _changed.Count > 0 || _finds.Count > 0;

    public void Changed(PlayerId player) => _changed.Add(player);

    public void Found(Find find) => _finds.Add(find);

    public void CluesChanged() => _clues = true;

    /// <summary>Makes the next news of all that was gathered.</summary>
    public RegionNews Next(RegionGround ground)
    {
        var here = ImmutableArray.CreateBuilder<SeenPlayer>(_changed.Count);
        var gone = ImmutableArray.CreateBuilder<PlayerId>();
        foreach (var player in _changed)
        {
            if (ground.Crowd.TryFind(player, out var tile))
            {
                here.Add(new SeenPlayer(player, tile));
            }
            else
            {
                gone.Add(player);
            }
        }

        var news = new RegionNews(region, ++Version, here.DrainToImmutable(), gone.DrainToImmutable(), [.. _finds], ground.Clues.Count);
        Clear();
        return news;
    }

    /// <summary>Forgets what was gathered: nobody watches any more.</summary>
    public void Clear()
    {
        _changed.Clear();
        _finds.Clear();
        _clues = false;
    }
}
