using Microsoft.Extensions.Logging;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Hunts;

/// <summary>
/// One hunt's course. Each change is on disk before anybody hears of it. A hunt that is over is sealed shard by shard; a crash in between
/// costs nothing, since sealing twice is sealing once: the next activation goes on until all shards are sealed.
/// </summary>
[GrainType("hunt")]
internal sealed partial class HuntGrain(
    [PersistentState("hunt", StorageNames.Grains)] IPersistentState<HuntState> stored,
    MapCache maps,
    HuntMetrics metrics,
    TimeProvider clock,
    ILogger<HuntGrain> logger) : Grain, IHuntGrain
{
    // The longest stretch that a timer of the platform measures is 49 days; a later end is reached in several.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan SealRetry = TimeSpan.FromSeconds(1);

    // What readers see: set only after the write that it comes from, so that an interleaved read never tells what may yet be lost.
    private HuntDefinition? _written;
    private IGrainTimer? _ending;

    private HuntId Id => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _written = stored.State.Definition;
        if (_written is not null)
        {
            // The list may have missed the hunt if this silo died right after the hunt was written. Adding it again changes nothing.
            await GrainFactory.HuntList().AddAsync(Id, cancellationToken);
            AwaitEnd();
        }
    }

    public async ValueTask<HuntReply> CreateAsync(HuntDraft draft, CancellationToken cancellationToken = default)
    {
        if (_written is not null)
        {
            return draft == stored.State.Asked ? new HuntReply(HuntStatus.Ok, _written) : new HuntReply(HuntStatus.Exists, _written);
        }

        if (Problem(draft, clock.GetUtcNow()) is { } problem)
        {
            return new HuntReply(HuntStatus.Invalid, Problem: problem);
        }

        if (await maps.LoadAsync(draft.MapHash) is not { } map)
        {
            return new HuntReply(HuntStatus.NoMap, Problem: $"There is no map {draft.MapHash}: store it first.");
        }

        if (Spawns.Problem(map) is { } unplayable)
        {
            return new HuntReply(HuntStatus.Invalid, Problem: unplayable);
        }

        await WriteAsync(draft, new HuntDefinition(Id, draft, clock.GetUtcNow(), Version: 1), isSealed: false);
        await GrainFactory.HuntList().AddAsync(Id, CancellationToken.None);
        LogCreated(Id, draft.Name, draft.MapHash);
        AwaitEnd();
        return new HuntReply(HuntStatus.Ok, _written);
    }

    public async ValueTask<HuntReply> StartAsync(CancellationToken cancellationToken = default)
    {
        if (_written is not { } hunt)
        {
            return new HuntReply(HuntStatus.NotFound);
        }

        var now = clock.GetUtcNow();
        switch (hunt.PhaseAt(now))
        {
            case HuntPhase.Over:
                return new HuntReply(HuntStatus.Over, hunt);
            case HuntPhase.Scheduled:
                await WriteAsync(hunt with { Draft = hunt.Draft with { StartsAt = now }, Version = hunt.Version + 1 });
                LogStarted(Id);
                break;
        }

        return new HuntReply(HuntStatus.Ok, _written);
    }

    public async ValueTask<HuntReply> EndAsync(CancellationToken cancellationToken = default)
    {
        if (_written is not { } hunt)
        {
            return new HuntReply(HuntStatus.NotFound);
        }

        var now = clock.GetUtcNow();
        if (hunt.PhaseAt(now) != HuntPhase.Over)
        {
            await WriteAsync(hunt with { Draft = hunt.Draft with { EndsAt = now }, Version = hunt.Version + 1 });
            LogEnded(Id);
        }

        await SealAsync();
        return new HuntReply(HuntStatus.Ok, _written);
    }

    public ValueTask<HuntDefinition?> GetAsync(CancellationToken cancellationToken = default) => new(_written);

    /// <summary>What does not fit in a draft, in a sentence.</summary>
    internal static string? Problem(HuntDraft draft, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(draft.Name) || draft.Name.Length > 100)
        {
            return "The name is empty or longer than 100 characters: give it 1 to 100.";
        }

        if (draft.EndsAt <= now)
        {
            return $"endsAt {draft.EndsAt:O} has passed: give a time to come, or none.";
        }

        return draft.EndsAt <= draft.StartsAt
            ? $"endsAt {draft.EndsAt:O} is not after startsAt {draft.StartsAt:O}: let the hunt end after it starts."
            : draft.Rules.Problem();
    }

    /// <summary>Sets the timer that seals the ledger at the end, or soon when the end has passed and sealing is not done.</summary>
    private void AwaitEnd()
    {
        _ending?.Dispose();
        _ending = null;
        if (_written?.Draft.EndsAt is not { } end || stored.State.Sealed)
        {
            return;
        }

        var wait = end - clock.GetUtcNow();
        _ending = this.RegisterGrainTimer(
            static (grain, _) => grain.OnEndDueAsync(),
            this,
            wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait,
            SealRetry);
    }

    private async Task OnEndDueAsync()
    {
        if (_written?.PhaseAt(clock.GetUtcNow()) != HuntPhase.Over)
        {
            AwaitEnd();
            return;
        }

        try
        {
            await SealAsync();
        }
        catch (Exception fault)
        {
            LogSealFailed(fault, Id);
        }
    }

    private async Task SealAsync()
    {
        if (!stored.State.Sealed)
        {
            var shards = _written!.Draft.Rules.LedgerShards;
            await Task.WhenAll(Enumerable.Range(0, shards).Select(shard => GrainFactory.Shard(Id, shard).SealAsync().AsTask()));
            await WriteAsync(stored.State.Asked!, _written, isSealed: true);
            metrics.Sealed();
            LogSealed(Id, shards);
        }

        _ending?.Dispose();
        _ending = null;
    }

    private async Task WriteAsync(HuntDefinition definition)
    {
        await WriteAsync(stored.State.Asked!, definition, stored.State.Sealed);
        AwaitEnd();
    }

    private async Task WriteAsync(HuntDraft asked, HuntDefinition definition, bool isSealed)
    {
        stored.State = new HuntState { Asked = asked, Definition = definition, Sealed = isSealed };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it is on disk is unknown: the next activation reads what is.
            DeactivateOnIdle();
            throw;
        }

        _written = definition;
    }

    [LoggerMessage(5010, LogLevel.Information, "Hunt {Hunt} was created: {Name}, on map {Map}")]
    private partial void LogCreated(HuntId hunt, string name, string map);

    [LoggerMessage(5011, LogLevel.Information, "Hunt {Hunt} was started")]
    private partial void LogStarted(HuntId hunt);

    [LoggerMessage(5012, LogLevel.Information, "Hunt {Hunt} was ended")]
    private partial void LogEnded(HuntId hunt);

    [LoggerMessage(5013, LogLevel.Information, "Hunt {Hunt} is over and sealed, {Shards} shards")]
    private partial void LogSealed(HuntId hunt, int shards);

    [LoggerMessage(5014, LogLevel.Warning, "Hunt {Hunt} is over, but its ledger could not be sealed yet; it is tried again every second")]
    private partial void LogSealFailed(Exception fault, HuntId hunt);
}
