using Microsoft.Extensions.Logging;

namespace Veltrix.Gateway.Operators;

/// <summary>
/// The keys that were made over REST, as their grain last told. An answer counts for two seconds from when it was asked for: so long, at the most, a revoked
/// key is still good somewhere. Without the grain no key of these is good.
/// </summary>
internal sealed partial class StoredKeys(IGrainFactory grains, TimeProvider clock, ILogger<StoredKeys> logger)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    // Strangers' keys make the gateway ask anew, because they may have been made at another gateway a moment ago. This keeps them from asking more often.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Answer? _answer;

    /// <summary>The operator of the key for which <paramref name="of"/> gives this text.</summary>
    public async ValueTask<OperatorFinding> FindAsync(string text, Func<OperatorKey, string> of)
    {
        var now = clock.GetTimestamp();
        var answer = _answer;
        if (answer is null || clock.GetElapsedTime(answer.AskedAt, now) > GoodFor)
        {
            answer = await AskAsync(now);
        }

        if (Find(answer) is null && answer.AskedAt < now)
        {
            answer = await AskAsync(now);
        }

        return answer.Failed ? OperatorFinding.Unclear
            : Find(answer) is { } key && key.IsGoodAt(clock.GetUtcNow()) ? OperatorFinding.Of(new OperatorIdentity(key.Id, key.Name, key.Role))
            : OperatorFinding.Stranger;

        OperatorKey? Find(Answer answer) => answer.Keys.FirstOrDefault(key => string.Equals(of(key), text, StringComparison.Ordinal));
    }

    /// <summary>Asks the grain anew, after a change was made here. When it does not answer, the last answer counts no longer than it would have.</summary>
    public async Task RefreshAsync() => await AskAsync(clock.GetTimestamp());

    /// <summary>An answer that was asked for at this moment or later. Those who wait at the same time share one.</summary>
    private async Task<Answer> AskAsync(long since)
    {
        await _turn.WaitAsync();
        try
        {
            if (_answer is { } last)
            {
                if (last.AskedAt >= since)
                {
                    return last;
                }

                var pause = Pause - clock.GetElapsedTime(last.AskedAt);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, clock);
                }
            }

            return _answer = await ReadAsync(clock.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Answer> ReadAsync(long askedAt)
    {
        try
        {
            return new Answer(askedAt, await grains.OperatorKeys().ListAsync().AsTask().WaitAsync(Patience, clock), Failed: false);
        }
        catch (Exception fault)
        {
            LogAway(fault);
            return new Answer(askedAt, [], Failed: true);
        }
    }

    [LoggerMessage(4101, LogLevel.Warning, "The operators' keys cannot be read: only those of the gateway's settings are good until they can")]
    private partial void LogAway(Exception fault);

    private sealed record Answer(long AskedAt, ImmutableArray<OperatorKey> Keys, bool Failed);
}
