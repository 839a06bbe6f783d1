using Veltrix.World;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>
/// A player who may do everything: a move succeeds, a dig scores the command's sequence, every answer is kept until it is confirmed. A test may
/// hold its calls back, let them fail before or after they were carried out, and read what was carried out.
/// </summary>
internal sealed class FakePlayer : IPlayerGrain
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, CommandAnswer> _answers = [];
    private readonly Queue<(bool Before, Exception Fault)> _faults = new();
    private TaskCompletionSource? _held;
    private Tile _tile = new(10, 11);
    private int _waiting;

    public SessionId? Session { get; private set; }

    public ulong Applied { get; private set; }

    /// <summary>Every command that was carried out, in order.</summary>
    public List<PlayerCommand> Played { get; } = [];

    /// <summary>How many commands each call brought.</summary>
    public List<int> Calls { get; } = [];

    /// <summary>The calls of sessions that do not play.</summary>
    public List<PlayRequest> TurnedAway { get; } = [];

    /// <summary>The number of the door that each call took; 0 for none.</summary>
    public List<long> Doors { get; } = [];

    /// <summary>What replies say about the way in.</summary>
    public WayIn WayIn { get; set; }

    /// <summary>How many calls began on a thread that is not one of the thread pool.</summary>
    public int CallsOffThePool { get; private set; }

    public int Resumes { get; private set; }

    public int Detaches { get; private set; }

    public bool HasLeft { get; private set; }

    /// <summary>Whether a look sees as much as an answer takes.</summary>
    public bool WideLooks { get; set; }

    public bool HasFaults => _faults.Count > 0;

    public void SkipFault() => _faults.TryDequeue(out _);

    /// <summary>How many calls wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Calls wait until <see cref="Release"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.TrySetResult();
    }

    /// <summary>The next call fails before anything was carried out.</summary>
    public void FailBefore(Exception fault) => _faults.Enqueue((true, fault));

    /// <summary>The next call carries everything out and fails then: its reply is lost.</summary>
    public void FailAfter(Exception fault) => _faults.Enqueue((false, fault));

    /// <summary>The player's silo dies and the gateway with it: what is known is as old as the last checkpoint.</summary>
    public void FallBack(ulong applied, Tile tile)
    {
        lock (_gate)
        {
            (Applied, _tile) = (applied, tile);
            _answers.Clear();
        }
    }

    public ValueTask<JoinReply> JoinAsync(SessionId session, bool newcomer = false, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            var fails = _faults.TryDequeue(out var failure);
            if (fails && failure.Before)
            {
                throw failure.Fault;
            }

            if (newcomer && Session is not null && Session != session)
            {
                return new(new JoinReply(SessionStatus.NameTaken, default));
            }

            if (Session != session)
            {
                (Session, Applied, HasLeft) = (session, 0, false);
                _answers.Clear();
            }

            if (fails)
            {
                throw failure.Fault;
            }

            return new(new JoinReply(SessionStatus.Playing, _tile));
        }
    }

    public ValueTask<ResumeReply> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Resumes++;
            if (Session != request.Session)
            {
                return new(new ResumeReply(SessionStatus.SessionOver, 0, default, false, []));
            }

            if (request.Received > Math.Max(Applied, request.Last?.Sequence ?? 0))
            {
                // The client has answers to commands that are not known here: they count as applied, and the position is the older one.
                Applied = request.Received;
                return new(new ResumeReply(SessionStatus.Playing, Applied, _tile, false, []));
            }

            var missed = ImmutableArray.CreateBuilder<CommandAnswer>();
            for (var sequence = request.Received + 1; sequence <= Applied; sequence++)
            {
                if (!_answers.TryGetValue(sequence, out var answer))
                {
                    return new(new ResumeReply(SessionStatus.Playing, Applied, _tile, false, []));
                }

                missed.Add(answer);
            }

            return new(new ResumeReply(SessionStatus.Playing, Applied, _tile, true, missed.ToImmutable()));
        }
    }

    public async ValueTask<PlayReply> PlayAsync(PlayRequest request)
    {
        CallsOffThePool += Thread.CurrentThread.IsThreadPoolThread ? 0 : 1;
        if (_held is { } held)
        {
            Interlocked.Increment(ref _waiting);
            await held.Task;
            Interlocked.Decrement(ref _waiting);
        }

        var (before, fault) = _faults.TryDequeue(out var planned) ? planned : default;
        if (fault is not null && before)
        {
            throw fault;
        }

        var reply = Play(request);
        return fault is null ? reply : throw fault;
    }

    public ValueTask DetachAsync(SessionId session, ulong gateway, CancellationToken cancellationToken = default)
    {
        Detaches++;
        return default;
    }

    private PlayReply Play(PlayRequest request)
    {
        lock (_gate)
        {
            if (Session != request.Session || HasLeft)
            {
                TurnedAway.Add(request);
                return new PlayReply(SessionStatus.SessionOver, [], default);
            }

            Applied = Math.Max(Applied, request.Last.Sequence);
            if (request.First > Applied + 1)
            {
                return new PlayReply(SessionStatus.Gap, [], default);
            }

            Calls.Add(request.Commands.Length);
            Doors.Add(request.Door);
            var answers = ImmutableArray.CreateBuilder<CommandAnswer>(request.Commands.Length);
            for (var i = 0; i < request.Commands.Length; i++)
            {
                var sequence = request.First + (ulong)i;
                if (sequence > Applied)
                {
                    _answers[sequence] = Answer(request.Commands[i], sequence);
                    Applied = sequence;
                }

                answers.Add(_answers[sequence]);
            }

            foreach (var confirmed in _answers.Keys.Where(sequence => sequence <= request.Received).ToArray())
            {
                _answers.Remove(confirmed);
            }

            return new PlayReply(SessionStatus.Playing, answers.MoveToImmutable(), _tile, WayIn);
        }
    }

    private CommandAnswer Answer(PlayerCommand command, ulong sequence)
    {
        if (command.RefusedMilliseconds > 0)
        {
            return new CommandAnswer(command.Kind, CommandResult.Busy, RetryMilliseconds: command.RefusedMilliseconds);
        }

        Played.Add(command);
        switch (command.Kind)
        {
            case CommandKind.Move:
                _tile = command.Target;
                return new CommandAnswer(command.Kind, CommandResult.Ok, _tile);
            case CommandKind.Dig:
                return new CommandAnswer(command.Kind, CommandResult.Ok, Points: (long)sequence, Treasure: 3);
            case CommandKind.Where:
                return new CommandAnswer(command.Kind, CommandResult.Ok, _tile, 77);
            case CommandKind.DropClue when command.Text is null:
                return new CommandAnswer(command.Kind, CommandResult.BadText);
            case CommandKind.Look when WideLooks:
                return new CommandAnswer(command.Kind, CommandResult.Ok, Seen: new Sighting(
                    64,
                    32,
                    0,
                    [.. Enumerable.Range(0, 64).Select(i => new SeenPlayer(new PlayerId($"player{i}"), new Tile(9, 9)))],
                    [.. Enumerable.Repeat(new SeenClue(new Tile(8, 8), new PlayerId("eve"), string.Concat(Enumerable.Repeat("🌳", 140))), 32)],
                    []));
            case CommandKind.Look:
                return new CommandAnswer(command.Kind, CommandResult.Ok, Seen: new Sighting(
                    1, 1, 1, [new SeenPlayer(new PlayerId("bob"), new Tile(9, 9))], [new SeenClue(new Tile(8, 8), new PlayerId("eve"), "Grüße")], [new Tile(7, 7)]));
            case CommandKind.Leave:
                HasLeft = true;
                return new CommandAnswer(command.Kind, CommandResult.Ok);
            default:
                return new CommandAnswer(command.Kind, CommandResult.Ok);
        }
    }
}
