using System.Threading.Channels;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client;

/// <summary>An answer and the sequence that it belongs to.</summary>
public readonly record struct AnswerReceived(ulong Sequence, Answer Answer);

/// <summary>
/// A session that plays: sends commands, hands out answers, comes back when its socket is lost, and sends again what has no answer. Every command that was
/// accepted here is carried out once, or the session ends with an exception. May be used by several threads at a time.
/// </summary>
/// <remarks>
/// At most 1,024 commands are without an answer: then <see cref="SendAsync"/> waits and <see cref="TryPost"/> says no. Commands accepted while the socket
/// is gone wait for the next one.
/// </remarks>
public sealed partial class PlaySession : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly VeltrixClientOptions _options;
    private readonly NameCache _names;
    private readonly IPlaySink? _sink;
    private readonly Uri[] _gateways;
    private readonly FrameSigner _signer;
    private readonly int _mostPending;
    private readonly CancellationTokenSource _ending = new();

    // All of these under the gate.
    private readonly PendingCommands _pending;
    private PlaySocket? _socket;
    private ulong _sent;
    private bool _pumping;
    private bool _watching;
    private bool _watchSent;
    private Exception? _ended;
    private TaskCompletionSource? _room;
    private Channel<AnswerReceived>? _stream;

    private Task _running = Task.CompletedTask;
    private int _disposed;

    private PlaySession(JoinAnswer joined, Uri[] gateways, IPlaySink? sink, ulong lastSequence, VeltrixClientOptions options, NameCache names)
    {
        Joined = joined;
        _sink = sink;
        _options = options;
        _names = names;
        _signer = new FrameSigner(Convert.FromBase64String(joined.Key));
        _mostPending = Math.Clamp(joined.Limits.Unanswered, 1, ProtocolLimits.Unanswered);
        _pending = new PendingCommands(lastSequence + 1);
        _sent = lastSequence;
        _backoff = new Backoff(options);
        _chance = new Chance(options.Seed ^ Convert.ToUInt64(joined.Session[..16], 16));

        // Else all players of a gateway that goes would come to the same other one.
        _chance.Shuffle(gateways.AsSpan(1));
        _gateways = gateways;
        _lostAt = options.Clock.GetTimestamp();
    }

    /// <summary>What the join said.</summary>
    public JoinAnswer Joined { get; }

    /// <summary>Whether there is a socket at this moment.</summary>
    public bool IsConnected => Volatile.Read(ref _socket) is not null;

    /// <summary>How many times the session has come back.</summary>
    public int Reconnects { get; private set; }

    /// <summary>All answers up to this sequence have been received; enough to play the session on in another process.</summary>
    public ulong LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _pending.First - 1;
            }
        }
    }

    /// <summary>How many commands are without an answer.</summary>
    public int Unanswered
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Completes when the session has ended, never with an exception.</summary>
    public Task Completion => _running;

    /// <summary>Why the session has ended; null while it plays, and after a leave or a dispose.</summary>
    public Exception? EndReason => Volatile.Read(ref _ended) is ObjectDisposedException ? null : _ended;

    /// <summary>Sends a command and gives its answer. A refusal is an answer too.</summary>
    /// <param name="command">the command</param>
    /// <param name="cancellationToken">ends the wait; a command that was accepted is carried out all the same</param>
    /// <exception cref="PlayEndedException">The session has ended, or ended before the answer came.</exception>
    public async ValueTask<Answer> SendAsync(Command command, CancellationToken cancellationToken = default)
    {
        var waiter = new SingleWaiter();
        while (!TryAccept([command], waiter, throwWhenEnded: true, out _))
        {
            await RoomAsync(1, cancellationToken);
        }

        return await waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends 1 to 64 commands as one frame and gives their answers, in the same order.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async ValueTask<IReadOnlyList<Answer>> SendFrameAsync(ReadOnlyMemory<Command> commands, CancellationToken cancellationToken = default)
    {
        var waiter = new FrameWaiter(commands.Length);
        while (!TryAccept(commands.Span, waiter, throwWhenEnded: true, out _))
        {
            await RoomAsync(commands.Length, cancellationToken);
        }

        return await waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Accepts a command without waiting; its answer goes to the sink and the stream.</summary>
    /// <param name="command">the command</param>
    /// <param name="sequence">its sequence; 0 when it was not accepted</param>
    /// <returns>false when too many commands are without an answer, or the session has ended</returns>
    public bool TryPost(in Command command, out ulong sequence) => TryAccept(new ReadOnlySpan<Command>(in command), null, throwWhenEnded: false, out sequence);

    /// <summary>Accepts 1 to 64 commands without waiting, all or none, to be sent as one frame.</summary>
    /// <inheritdoc cref="TryPost"/>
    public bool TryPostFrame(ReadOnlySpan<Command> commands, out ulong sequence) => TryAccept(commands, null, throwWhenEnded: false, out sequence);

    /// <summary>
    /// The answers that come from now on, in order. One reader at a time; a reader that is slow makes the session read slower, so that nothing is lost.
    /// </summary>
    public async IAsyncEnumerable<AnswerReceived> AnswersAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var stream = Channel.CreateBounded<AnswerReceived>(
            new BoundedChannelOptions(ProtocolLimits.Unanswered) { SingleReader = true, SingleWriter = true });
        lock (_gate)
        {
            if (_stream is not null)
            {
                throw new InvalidOperationException("The answers of this session are being read already.");
            }

            if (_ended is not null)
            {
                stream.Writer.TryComplete(_ended as PlayEndedException);
            }

            _stream = stream;
        }

        try
        {
            await foreach (var answer in stream.Reader.ReadAllAsync(cancellationToken))
            {
                yield return answer;
            }
        }
        finally
        {
            lock (_gate)
            {
                _stream = null;
            }

            // Frees a reading loop that waits for room in it.
            stream.Writer.TryComplete();
        }
    }

    /// <summary>Asks for pushes of what comes into view, or for no more of them; it holds across reconnects.</summary>
    public void Watch(bool on)
    {
        bool pump;
        lock (_gate)
        {
            _watching = on;
            pump = StartsPump();
        }

        if (pump)
        {
            _ = PumpAsync();
        }
    }

    /// <summary>Completes when every accepted command has its answer.</summary>
    /// <exception cref="PlayEndedException">The session ended before.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_pending.Count == 0)
                {
                    return;
                }

                ThrowWhenEnded();
                change = (_room ??= NewSignal()).Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Leaves the hunt: the session cannot be resumed afterwards.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        await SendAsync(Command.Leave, cancellationToken);
        await DisposeAsync();
    }

    private bool TryAccept(ReadOnlySpan<Command> commands, IAnswerWaiter? waiter, bool throwWhenEnded, out ulong first)
    {
        var most = Math.Min(ProtocolLimits.CommandsPerFrame, _mostPending);
        if (commands.IsEmpty || commands.Length > most)
        {
            throw new ArgumentException($"A frame holds 1 to {most} commands, not {commands.Length}.", nameof(commands));
        }

        bool pump;
        lock (_gate)
        {
            first = 0;
            if (_ended is not null)
            {
                return throwWhenEnded ? throw Ended() : false;
            }

            if (_pending.Count + commands.Length > _mostPending)
            {
                return false;
            }

            first = _pending.Next;
            for (var i = 0; i < commands.Length; i++)
            {
                _pending.Add(new PendingCommand(commands[i], waiter, EndsFrame: i == commands.Length - 1));
            }

            pump = StartsPump();
        }

        if (pump)
        {
            _ = PumpAsync();
        }

        return true;
    }

    private Task RoomAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowWhenEnded();

            // Answers may have come between the refusal and this: then the caller tries again at once.
            return _pending.Count + count <= _mostPending ? Task.CompletedTask : (_room ??= NewSignal()).Task.WaitAsync(cancellationToken);
        }
    }

    private void ThrowWhenEnded()
    {
        if (_ended is not null)
        {
            throw Ended();
        }
    }

    private Exception Ended() => _ended as PlayEndedException ?? (Exception)new ObjectDisposedException(nameof(PlaySession), "The session has ended.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
