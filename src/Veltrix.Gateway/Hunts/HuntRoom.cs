using Veltrix.Gateway.Live;

namespace Veltrix.Gateway.Hunts;

/// <summary>What this gateway knows of one hunt that exists: its definition as of a moment ago, its figures, and its live feed.</summary>
internal sealed class HuntRoom(HuntDefinition definition, TimeProvider clock, Func<HuntRoom, HuntFeed> makeFeed)
{
    /// <summary>How old a definition may be that decides about joins and spectators.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private HuntDefinition _definition = definition;
    private long _readAt = clock.GetTimestamp();
    private long _usedAt = clock.GetTimestamp();
    private HuntFeed? _feed;

    public HuntId Id => _definition.Id;

    public HuntDefinition Definition => Volatile.Read(ref _definition);

    public HuntPhase Phase => Definition.PhaseAt(clock.GetUtcNow());

    public HuntFigures Figures { get; } = new();

    /// <summary>What happens in the hunt, for viewers and watching players; nothing is asked of the regions until somebody looks.</summary>
    public HuntFeed Feed
    {
        get
        {
            lock (_gate)
            {
                return _feed ??= makeFeed(this);
            }
        }
    }

    /// <summary>Whether somebody looks at the live feed.</summary>
    public bool InUse => Volatile.Read(ref _feed) is { InUse: true };

    /// <summary>The phase that sockets and viewers were told last; for the one who tells them.</summary>
    public HuntPhase? PhaseTold { get; set; }

    public bool IsFresh => clock.GetElapsedTime(Volatile.Read(ref _readAt)) < Fresh;

    public TimeSpan Unused => clock.GetElapsedTime(Volatile.Read(ref _usedAt));

    public void Use() => Volatile.Write(ref _usedAt, clock.GetTimestamp());

    /// <summary>Takes a definition, unless a newer one is known.</summary>
    public void Learn(HuntDefinition definition)
    {
        lock (_gate)
        {
            if (definition.Version >= _definition.Version)
            {
                _definition = definition;
                _readAt = clock.GetTimestamp();
            }
        }
    }
}
