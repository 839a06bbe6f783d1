using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// A call to a player's grain that can be given up before it is answered. Orleans lets a call to a silo that died hang until it times out, though the end of the
/// connection told long before that nobody answers. One object serves all calls of a session, one after the other, until one of them is given up.
/// </summary>
internal sealed class PendingCall : IValueTaskSource<PlayReply>
{
    private readonly Action _arrive;
    private ManualResetValueTaskSourceCore<PlayReply> _outcome;
    private ValueTaskAwaiter<PlayReply> _call;
    private Door? _door;
    private int _losses;
    private int _state;

    public PendingCall() => _arrive = Arrive;

    /// <summary>Whether a call was given up: its answer may still come, and this object waits for it.</summary>
    public bool IsGivenUp => Volatile.Read(ref _state) == State.GivenUp;

    /// <summary>Waits for a call's reply.</summary>
    /// <param name="call">the call</param>
    /// <param name="door">the door that it took, if any</param>
    /// <param name="losses">how many silos the gateway had lost when it began</param>
    public ValueTask<PlayReply> Of(ValueTask<PlayReply> call, Door? door, int losses)
    {
        (_door, _losses) = (door, losses);
        _outcome.Reset();
        _call = call.GetAwaiter();
        Volatile.Write(ref _state, State.Waits);
        _call.UnsafeOnCompleted(_arrive);
        return new ValueTask<PlayReply>(this, _outcome.Version);
    }

    /// <summary>Fails the call that went through a door, if that is the one under way.</summary>
    public void GiveUp(Door through)
    {
        if (_door == through)
        {
            GiveUp();
        }
    }

    /// <summary>Fails the call if it began before so many silos were lost.</summary>
    public void GiveUp(int losses)
    {
        if (_losses < losses)
        {
            GiveUp();
        }
    }

    PlayReply IValueTaskSource<PlayReply>.GetResult(short token) => _outcome.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PlayReply>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<PlayReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    // Should the next call have begun just now, it is given up in place of the one that was meant: it is made again, which costs it nothing but time.
    private void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, State.GivenUp, State.Waits) == State.Waits)
        {
            _outcome.SetException(new SiloUnavailableException("The connection to a silo ended while the call was on its way."));
        }
    }

    private void Arrive()
    {
        var call = _call;
        _call = default;
        if (Interlocked.CompareExchange(ref _state, State.Rests, State.Waits) != State.Waits)
        {
            Drop(call);
            return;
        }

        PlayReply reply;
        try
        {
            reply = call.GetResult();
        }
        catch (Exception fault)
        {
            _outcome.SetException(fault);
            return;
        }

        _outcome.SetResult(reply);
    }

    /// <summary>Takes what nobody waits for any more, so that Orleans can use its object again.</summary>
    private static void Drop(ValueTaskAwaiter<PlayReply> call)
    {
        try
        {
            call.GetResult();
        }
        catch (Exception)
        {
            // The call was made again in the meantime.
        }
    }

    private static class State
    {
        public const int Rests = 0;
        public const int Waits = 1;
        public const int GivenUp = 2;
    }
}
