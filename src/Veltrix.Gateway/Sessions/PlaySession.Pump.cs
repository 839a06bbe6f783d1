using System.Diagnostics;
using System.Runtime.InteropServices;
using Veltrix.Protocol;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// The pump: it brings the commands that wait to the player's grain and the answers to the socket, and rests when there is nothing to do.
///
/// It makes one call at a time: what arrives during a call goes into the next one, so a slow grain makes larger calls instead of a longer queue.
/// A session has at most one pump running, and only it plays commands on the grain and writes answers.
/// </summary>
internal sealed partial class PlaySession : IThreadPoolWorkItem
{
    private bool HasWork => _waitingCount > 0 || (_socket is not null && (_told < _answered || _againFrom != 0 || _ending is Ending.Left));

    private void StartPump()
    {
        lock (_gate)
        {
            if (_pumping || !HasWork)
            {
                return;
            }

            _pumping = true;
        }

        RunPump();
    }

    // Not on the caller's thread, which mostly is the one that polls sockets. Orleans keeps the object that completes a call for the next call that begins
    // on the thread where it completed: calls that begin where none completes fill the other threads' stores for ever, which grew by 770 KB a second
    // at 12,000 calls and doubled each pause of the garbage collector.
    private void RunPump() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Runs the pump, on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await SendAnswersAsync();
                if (TakeWaiting(out var since) is not { } request)
                {
                    if (TryRest())
                    {
                        return;
                    }

                    continue;
                }

                using var span = _table.Traces.Begin(_table.Clock, since);
                if (span is not null)
                {
                    Describe(span, request);
                }

                // The one wait of nearly every frame: awaited here and not two methods further in, it costs two allocations less.
                PlayReply? reply;
                try
                {
                    reply = await CallAsync(request);
                    Learn(reply.WayIn);
                }
                catch (Exception fault)
                {
                    reply = await PlayAgainAsync(request, fault);
                }

                if (!TryTake(request, reply, since))
                {
                    await GiveUpAsync(request, reply);
                }
            }
        }
        catch (Exception fault)
        {
            // Nothing in the loop is expected to fail: without this the session would hang for ever with its pump marked as running.
            LogPumpFailed(_table.Logger, fault, Seat.Session);
            await ForgetAsync(CloseCode.Internal, "The gateway failed. Resume the session.");
        }
    }

    private void Describe(Activity span, PlayRequest request)
    {
        span.SetTag("veltrix.hunt", Seat.Hunt.Value);
        span.SetTag("veltrix.player", Seat.Player.Value);
        span.SetTag("veltrix.session", Seat.Session.ToString());
        span.SetTag("veltrix.first", (long)request.First);
        span.SetTag("veltrix.commands", request.Commands.Length);
    }

    private async ValueTask SendAnswersAsync()
    {
        while (true)
        {
            PlaySocket socket;
            OutgoingMessage message;
            lock (_gate)
            {
                if (_socket is not { } open || !TryEncode(open, out message))
                {
                    return;
                }

                socket = open;
            }

            await socket.SendAsync(message);
        }
    }

    private bool TryEncode(PlaySocket open, out OutgoingMessage message)
    {
        if (_againFrom != 0)
        {
            var again = _kept.From(Math.Max(_againFrom, _kept.Base + 1));
            var from = Math.Max(_againFrom, _kept.Base + 1);
            if (!again.IsEmpty && from <= _againTo)
            {
                again = again[..(int)Math.Min((ulong)again.Length, _againTo - from + 1)];
                message = open.Encode(from, again, out var resent);
                _againFrom = from + (ulong)resent <= _againTo ? from + (ulong)resent : 0;
                _againTo = _againFrom == 0 ? 0 : _againTo;
                return true;
            }

            (_againFrom, _againTo) = (0, 0);
        }

        var fresh = _kept.From(Math.Max(_told, _kept.Base) + 1);
        if (fresh.IsEmpty)
        {
            message = default;
            return false;
        }

        var first = Math.Max(_told, _kept.Base) + 1;
        message = open.Encode(first, fresh, out var taken);
        _told = first + (ulong)taken - 1;
        return true;
    }

    private PlayRequest? TakeWaiting(out long since)
    {
        lock (_gate)
        {
            since = _waitingSince;
            if (_waitingCount == 0)
            {
                return null;
            }

            var commands = _waitingCount == _waiting.Length ? _waiting : _waiting[.._waitingCount];
            _waiting = [];
            _waitingCount = 0;
            return new PlayRequest(Seat.Session, _answered + 1, _confirmed, ImmutableCollectionsMarshal.AsImmutableArray(commands), _last, OpenDoor());
        }
    }

    // Whether there is nothing left to do; who brings something later starts the pump again.
    private bool TryRest()
    {
        PlaySocket? leaving = null;
        lock (_gate)
        {
            if (_ending is Ending.Left && _socket is not null)
            {
                leaving = _socket;
                _ending = Ending.Forgotten;
                _socket = null;
            }
            else if (HasWork)
            {
                return false;
            }

            _pumping = false;
        }

        if (leaving is not null)
        {
            _table.Forget(this);
            leaving.Leave();
        }

        return true;
    }

    private bool TryTake(PlayRequest request, PlayReply? reply, long since)
    {
        switch (reply?.Status)
        {
            case SessionStatus.Playing when reply.Answers.Length == request.Commands.Length:
                Took(request, reply.Answers.AsSpan(), reply.Tile, since);
                return true;
            case SessionStatus.HuntOver:
                Took(request, Same(request, CommandResult.HuntOver, 0), _last.Tile, since);
                return true;
            default:
                return false;
        }
    }

    private async ValueTask GiveUpAsync(PlayRequest request, PlayReply? reply)
    {
        switch (reply?.Status)
        {
            case SessionStatus.SessionOver or SessionStatus.NoHunt or SessionStatus.NameTaken:
                await ForgetAsync(CloseCode.SessionOver, "The session is over: the player left or joined again elsewhere. Join again to play on.");
                break;
            case SessionStatus.Gap:
                // What this gateway remembers does not fit what the grain knows; the resume sorts it out.
                LogGap(_table.Logger, Seat.Session, request.First);
                await ForgetAsync(CloseCode.Internal, "The gateway has lost track of the session. Resume it.");
                break;
            default:
                await ForgetAsync(CloseCode.Internal, "The player's server does not answer. Resume the session.");
                break;
        }
    }

    // Keeps the answers of a call. Those to commands that were answered busy before are only news for the standpoint.
    private void Took(PlayRequest request, ReadOnlySpan<CommandAnswer> answers, World.Tile tile, long since, bool applied = true)
    {
        TaskCompletionSource? wanted;
        int fresh;
        var granted = 0;
        lock (_gate)
        {
            var known = _answered >= request.First ? (int)Math.Min((ulong)answers.Length, _answered - request.First + 1) : 0;
            fresh = answers.Length - known;
            foreach (ref readonly var answer in answers[known..])
            {
                _kept.Add(answer.ToWire());
                if (answer is { Kind: Veltrix.Contracts.CommandKind.Leave, Result: CommandResult.Ok })
                {
                    _ending = Ending.Left;
                }
            }

            foreach (ref readonly var command in request.Commands.AsSpan()[known..])
            {
                granted += command.RefusedMilliseconds == 0 ? 1 : 0;
            }

            _underWay -= granted;
            _answered += (ulong)fresh;
            if (applied)
            {
                _last = new Standpoint(request.First + (ulong)answers.Length - 1, tile);
            }

            (wanted, _roomWanted) = (_roomWanted, null);
        }

        _table.Exit(granted);
        wanted?.TrySetResult();
        var took = _table.Clock.GetElapsedTime(since);
        _table.Metrics.Answered(fresh, took);
        Room.Figures.Answered(fresh, took);
    }

    private static CommandAnswer[] Same(PlayRequest request, CommandResult result, int retryMilliseconds)
    {
        var answers = new CommandAnswer[request.Commands.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = new CommandAnswer(request.Commands[i].Kind, result, RetryMilliseconds: retryMilliseconds);
        }

        return answers;
    }
}
