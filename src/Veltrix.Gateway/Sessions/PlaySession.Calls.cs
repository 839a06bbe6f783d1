using Veltrix.World;

namespace Veltrix.Gateway.Sessions;

/// <summary>How a call to the player's grain is repeated until it has an answer: a dying silo costs the player time, never an answer.</summary>
internal sealed partial class PlaySession
{
    private const int OverloadRetryMilliseconds = 1000;

    // The player's own id, made when there is a door to name it at.
    private GrainId _own;

    private PendingCall? _call;

    /// <summary>Makes the call that went through a door again, without it.</summary>
    public void OnDoorLost(Door door) => Volatile.Read(ref _call)?.GiveUp(door);

    /// <summary>Makes the call that began before so many silos were lost again, if it still waits.</summary>
    public void OnSilosLost(int losses) => Volatile.Read(ref _call)?.GiveUp(losses);

    // Only the pump calls, and only it knows the door.
    private ValueTask<PlayReply> CallAsync(PlayRequest request)
    {
        var losses = _table.SilosLost;
        var door = request.Door == 0 ? null : _door;
        var call = door is null ? _grain.PlayAsync(request) : door.Grain.PlayAsync(_own, request);
        if (call.IsCompleted)
        {
            return call;
        }

        var pending = _call;
        if (pending is null || pending.IsGivenUp)
        {
            Volatile.Write(ref _call, pending = new PendingCall());
        }

        return pending.Of(call, door, losses);
    }

    /// <summary>The number of the door of the player's silo, where it is known; 0 for none.</summary>
    private long OpenDoor()
    {
        if (_door is { IsShut: true })
        {
            _door = null;
        }

        return _door?.Number ?? 0;
    }

    private void Learn(in WayIn way)
    {
        switch (way.Kind)
        {
            case WayInKind.Door:
                _door = _table.Doors.Of(way.Door);
                _own = _own.IsDefault ? GrainKeys.PlayerGrain(Seat.Hunt, Seat.Player) : _own;
                break;

            case WayInKind.Closing:
                LeaveDoor();
                break;
        }
    }

    private void LeaveDoor()
    {
        _door?.Shut();
        _door = null;
    }

    // Null when the budget is spent. The same request every time: the grain plays each of its commands once.
    private async Task<PlayReply?> PlayAgainAsync(PlayRequest request, Exception fault)
    {
        var began = _table.Clock.GetTimestamp();
        var chance = new SeededRandom(World.StableHash.Combine((ulong)began, request.First));
        var untouched = Repeated.IsRefusal(fault);
        if (!untouched)
        {
            LeaveDoor();
        }

        request = request with { Door = 0 };
        var refused = false;
        for (var delay = Repeated.FirstDelay; ; delay = Repeated.After(delay))
        {
            _table.Metrics.Repeated(Repeated.IsRefusal(fault));
            LogCallFailed(_table.Logger, fault, Seat.Session, request.First, request.Commands.Length);
            var elapsed = _table.Clock.GetElapsedTime(began);
            if (elapsed > _table.Options.RetryTime)
            {
                LogGaveUp(_table.Logger, fault, Seat.Session, elapsed.TotalSeconds);
                return null;
            }

            if (untouched && !refused && elapsed >= _table.Options.OverloadTime)
            {
                // Every attempt was turned away at the grain's door: nothing was carried out, so `busy` is true. The refusals still go to the
                // grain, in this place of the sequence, as soon as it takes anything.
                refused = true;
                _table.Metrics.Refused(request.Commands.Length, "overload");
                Took(request, Same(request, CommandResult.Busy, OverloadRetryMilliseconds), default, began, applied: false);
                await SendAnswersAsync();
                request = request with { Commands = [.. request.Commands.Select(command => command with { RefusedMilliseconds = OverloadRetryMilliseconds })] };
            }

            await Task.Delay(delay * (0.5 + chance.NextDouble()), _table.Clock);
            try
            {
                return await CallAsync(request);
            }
            catch (Exception next)
            {
                fault = next;
                untouched &= Repeated.IsRefusal(fault);
            }
        }
    }
}
