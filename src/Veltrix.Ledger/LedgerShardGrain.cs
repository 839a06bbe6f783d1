using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Veltrix.Ledger;

/// <summary>
/// One shard of a hunt's ledger: gathers what players of the shard score and records it in groups, one commit at a time. What arrives while one is
/// under way makes the next.
/// </summary>
/// <remarks>
/// Reentrant, because a call waits for a commit that others join. The invariant: <c>_head</c> is where the shard stands on disk; it changes in one
/// place, after a commit, and at most one commit is under way. Calls only add to <c>_waiting</c> and read <c>_head</c>.
/// </remarks>
[GrainType(GrainKeys.ShardType), Reentrant]
internal sealed partial class LedgerShardGrain(
    ILedgerStore store,
    ISpread spread,
    IOptions<LedgerOptions> options,
    LedgerMetrics metrics,
    TurnMetrics turns,
    TimeProvider clock,
    ILogger<LedgerShardGrain> logger)
    : Grain, ILedgerShardGrain, IMovable, IAsyncDisposable
{
    private readonly LedgerOptions _options = options.Value;
    private readonly List<Pending> _waiting = [];
    private readonly List<Pending> _underWay = [];
    private HuntId _hunt;
    private int _shard;
    private HuntDefinition? _definition;
    private ChainHead _head = ChainHead.Empty;
    private BoardReporter? _board;
    private int _waitingDrafts;
    private Task _committing = Task.CompletedTask;
    private LedgerFaultException? _fault;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_hunt, var shard) = GrainKeys.Split(this.GetPrimaryKeyString());
        _shard = int.Parse(shard, NumberStyles.None, CultureInfo.InvariantCulture);
        _head = await store.LoadHeadAsync(_hunt, _shard, cancellationToken);
        _board = new BoardReporter(GrainFactory.Board(_hunt), _shard, _options, metrics, clock, logger);
        LogActivated(_hunt, _shard, _head.Entries);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Who waits gets an answer: the loop ends when nobody does.
        await _committing.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _board?.DisposeAsync() ?? default;

    public async ValueTask<ImmutableArray<EntryReceipt>> AppendAsync(
        ImmutableArray<EntryDraft> drafts, CancellationToken cancellationToken = default)
    {
        if (drafts.IsDefaultOrEmpty)
        {
            return [];
        }

        turns.Begin(GrainKind.LedgerShard, drafts[0].Mark, drafts[0].Operation.Sequence, GrainContext);
        foreach (var draft in drafts)
        {
            if (draft.Kind == EntryKind.Seal || draft.Operation.Session.Value == Guid.Empty)
            {
                throw new ArgumentException("A seal, and the session of zeros that names it, are the shard's own.", nameof(drafts));
            }
        }

        // Not at activation: a hunt that ends calls SealAsync, and asking it then would wait for a grain that waits for us.
        _definition ??= await ReadDefinitionAsync(cancellationToken);
        if (!spread.Rests)
        {
            // This call and those under way end here. The next activation reads from the database where the chain ends.
            this.MoveTo(spread.Settle(Place(_definition)));
        }

        return _waitingDrafts > 0 && _waitingDrafts + drafts.Length > _options.MaxWaitingDrafts
            ? await RefuseAsync(drafts)
            : await Enqueue(drafts);
    }

    public async ValueTask<EntryReceipt?> FindAsync(OperationId operation, CancellationToken cancellationToken = default)
    {
        await SettleAsync(operation);
        return await store.FindAsync(_hunt, operation, cancellationToken);
    }

    public async ValueTask<ShardHead> SealAsync(CancellationToken cancellationToken = default)
    {
        if (!_head.Sealed)
        {
            // The same operation whoever asks, so the ledger's own key lets one seal in.
            var operation = new OperationId(new SessionId(Guid.Empty), (ulong)_shard);
            await Enqueue([new EntryDraft(operation, EntryKind.Seal, new PlayerId(""), default, Region: 0, Points: 0)]);
            LogSealed(_hunt, _shard, _head.Entries);
        }

        return Head();
    }

    public async ValueTask<bool> LeaveAsync()
    {
        _definition ??= await ReadDefinitionAsync(CancellationToken.None);
        return this.MoveTo(spread.Leave(Place(_definition)));
    }

    public ValueTask<ShardHead> HeadAsync(CancellationToken cancellationToken = default) => new(Head());

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        store.ReadAsync(_hunt, _shard, after, limit, cancellationToken);

    private double Place(HuntDefinition definition) => Places.OfShard(_hunt, _shard, definition.Draft.Rules.LedgerShards);

    private ShardHead Head() => new(_head.Entries, _head.Points, _head.Hash, _head.Sealed);

    private async Task<HuntDefinition> ReadDefinitionAsync(CancellationToken cancellationToken)
    {
        var definition = await GrainFactory.Hunt(_hunt).GetAsync(cancellationToken)
            ?? throw new InvalidOperationException($"There is no hunt '{_hunt}', so it has no ledger.");
        return _shard < definition.Draft.Rules.LedgerShards
            ? definition
            : throw new InvalidOperationException(
                $"The hunt '{_hunt}' has {definition.Draft.Rules.LedgerShards} shards, counted from 0: there is no shard {_shard}.");
    }

    private Task<ImmutableArray<EntryReceipt>> Enqueue(ImmutableArray<EntryDraft> drafts)
    {
        if (_fault is { } fault)
        {
            throw new LedgerFaultException(fault.Message, fault);
        }

        var pending = new Pending(drafts);
        _waiting.Add(pending);
        _waitingDrafts += drafts.Length;
        metrics.Waiting(drafts.Length);
        if (_committing.IsCompleted)
        {
            _committing = CommitWaitingAsync();
        }

        return pending.Done.Task;
    }

    // "Busy" promises that nothing was recorded. A repeat may be on its way: its call is waited for first.
    private async Task<ImmutableArray<EntryReceipt>> RefuseAsync(ImmutableArray<EntryDraft> drafts)
    {
        foreach (var draft in drafts)
        {
            await SettleAsync(draft.Operation);
        }

        return await AnswerFromDiskAsync(drafts);
    }

    /// <summary>Waits for the writes of an operation that are under way.</summary>
    private async Task SettleAsync(OperationId operation)
    {
        while (Find(operation) is { } pending)
        {
            await pending.Done.Task;
        }
    }

    // A repeat may also be on disk: then that is the answer, and not "busy".
    private async Task<ImmutableArray<EntryReceipt>> AnswerFromDiskAsync(ImmutableArray<EntryDraft> drafts)
    {
        var receipts = new EntryReceipt[drafts.Length];
        for (var i = 0; i < receipts.Length; i++)
        {
            receipts[i] = await store.FindAsync(_hunt, drafts[i].Operation) ?? new EntryReceipt(EntryStatus.Busy);
            metrics.Answered(receipts[i].Status);
        }

        LogRefused(_hunt, _shard, drafts.Length, _waitingDrafts);
        return [.. receipts];
    }

    private Pending? Find(OperationId operation) =>
        _underWay.Find(pending => !pending.Done.Task.IsCompleted && pending.Has(operation)) ?? _waiting.Find(pending => pending.Has(operation));

    private async Task CommitWaitingAsync()
    {
        // Before the first commit, let calls that are already in the mailbox join its group.
        await Task.Yield();
        while (_waiting.Count > 0)
        {
            TakeGroup();
            try
            {
                await CommitAsync();
            }
            catch (Exception problem)
            {
                Fault(problem);
            }

            _underWay.Clear();
        }
    }

    private void TakeGroup()
    {
        var (calls, drafts) = (0, 0);
        do
        {
            drafts += _waiting[calls++].Drafts.Length;
        }
        while (calls < _waiting.Count && drafts + _waiting[calls].Drafts.Length <= _options.MaxGroup);

        _underWay.AddRange(_waiting[..calls]);
        _waiting.RemoveRange(0, calls);
        _waitingDrafts -= drafts;
        metrics.Waiting(-drafts);
    }

    private async Task CommitAsync()
    {
        try
        {
            await CommitAsync(_underWay.Count == 1 ? _underWay[0].Drafts : [.. _underWay.SelectMany(pending => pending.Drafts)], _underWay);
        }
        catch (ArgumentException) when (_underWay.Count > 1)
        {
            // One of the calls asks for what cannot be stored, and nothing was recorded: each goes alone, and only that one hears of it.
            foreach (var pending in _underWay.ToArray())
            {
                await CommitAloneAsync(pending);
            }
        }
        catch (ArgumentException problem)
        {
            _underWay[0].Done.SetException(problem);
        }
    }

    private async Task CommitAloneAsync(Pending pending)
    {
        try
        {
            await CommitAsync(pending.Drafts, [pending]);
        }
        catch (ArgumentException problem)
        {
            pending.Done.SetException(problem);
        }
    }

    private async Task CommitAsync(ImmutableArray<EntryDraft> drafts, List<Pending> calls)
    {
        var now = clock.GetUtcNow();
        var outcome = await store.CommitAsync(new CommitGroup(
            _hunt, _shard, _head, now.ToUnixTimeMilliseconds(), _definition?.PhaseAt(now) == HuntPhase.Over, drafts));
        switch (outcome.Status)
        {
            case CommitStatus.Committed:
                var first = _head.Entries + 1;
                _head = outcome.Head;
                _board?.Report(first, _head.Entries, drafts, outcome.Receipts);
                if (IsAhead(outcome.Receipts))
                {
                    // A repeat beyond our head: an activation that died or was replaced wrote it. The board reads the entries between by itself.
                    _head = await store.LoadHeadAsync(_hunt, _shard);
                }

                Answer(calls, outcome.Receipts);
                return;

            case CommitStatus.Busy:
                foreach (var call in calls)
                {
                    call.Done.SetResult(await AnswerFromDiskAsync(call.Drafts));
                }

                return;

            case CommitStatus.Fenced:
                metrics.Fenced();
                throw new LedgerFaultException($"Another activation of shard {_shard} of the hunt '{_hunt}' has written: ask again.");

            default:
                throw new InvalidOperationException($"The store answered {outcome.Status}, which is no outcome of a commit.");
        }
    }

    private bool IsAhead(ImmutableArray<EntryReceipt> receipts)
    {
        foreach (var receipt in receipts)
        {
            if (receipt.Position > _head.Entries)
            {
                return true;
            }
        }

        return false;
    }

    private void Answer(List<Pending> calls, ImmutableArray<EntryReceipt> receipts)
    {
        foreach (var receipt in receipts)
        {
            metrics.Answered(receipt.Status);
        }

        var from = 0;
        foreach (var call in calls)
        {
            call.Done.SetResult(calls.Count == 1 ? receipts : receipts.Slice(from, call.Drafts.Length));
            from += call.Drafts.Length;
        }
    }

    // What this activation believes may be wrong now: nobody is answered from it any more, and the next one reads the truth.
    private void Fault(Exception problem)
    {
        LogFault(problem, _hunt, _shard, _underWay.Count + _waiting.Count);
        _fault = problem as LedgerFaultException
            ?? new LedgerFaultException($"Shard {_shard} of the hunt '{_hunt}' could not be written: {problem.Message}", problem);
        foreach (var pending in _underWay.Concat(_waiting))
        {
            pending.Done.TrySetException(_fault);
        }

        _waiting.Clear();
        metrics.Waiting(-_waitingDrafts);
        _waitingDrafts = 0;
        DeactivateOnIdle();
    }

    [LoggerMessage(3010, LogLevel.Debug, "Shard {Shard} of {Hunt} is active with {Entries} entries")]
    private partial void LogActivated(HuntId hunt, int shard, long entries);

    [LoggerMessage(3011, LogLevel.Information, "Shard {Shard} of {Hunt} is sealed with {Entries} entries")]
    private partial void LogSealed(HuntId hunt, int shard, long entries);

    [LoggerMessage(3012, LogLevel.Warning, "Shard {Shard} of {Hunt} refused {Drafts} drafts: {Waiting} wait")]
    private partial void LogRefused(HuntId hunt, int shard, int drafts, int waiting);

    [LoggerMessage(3013, LogLevel.Warning, "Shard {Shard} of {Hunt} lets go of {Calls} calls and of its activation; they repeat their drafts")]
    private partial void LogFault(Exception problem, HuntId hunt, int shard, int calls);

    /// <summary>One call's drafts, and its answer.</summary>
    private sealed class Pending(ImmutableArray<EntryDraft> drafts)
    {
        public ImmutableArray<EntryDraft> Drafts => drafts;

        public TaskCompletionSource<ImmutableArray<EntryReceipt>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Has(OperationId operation)
        {
            foreach (var draft in drafts)
            {
                if (draft.Operation == operation)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
