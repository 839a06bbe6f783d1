namespace Veltrix.Grains.Players;

/// <summary>
/// What outlives the activation. While a player acts, a checkpoint is written every few seconds; the timer for it exists only while something
/// is unsaved, so an idle player has none.
/// </summary>
internal sealed partial class PlayerGrain
{
    private IGrainTimer? _saveTimer;
    private bool _unsaved;
    private int _saving;

    // Set when it is unknown what is on disk: then this activation must not write any more.
    private bool _dying;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Who moves takes along what is not saved yet.
        if (_dying || reason.ReasonCode == DeactivationReasonCode.Migrating)
        {
            return;
        }

        try
        {
            if (_unsaved || _saving > 0)
            {
                await checkpoints.SaveAsync(Checkpoint());
            }

            if (_linger is not null && reason.ReasonCode != DeactivationReasonCode.ShuttingDown)
            {
                // The timer ends with the activation: better leave the world a little early than stay in it for ever. A silo that stops takes no
                // more calls, and a region forgets whom it does not hear of.
                await DepartAsync();
            }
        }
        catch (Exception fault)
        {
            // The gateway still knows where the player stands; only if it dies too does the player fall back to the checkpoint before.
            LogSaveFailed(fault, _player, _scene?.Hunt ?? default);
        }
    }

    private void AwaitSave()
    {
        _unsaved = true;

        // The tick interleaves with frames, so that none waits for the store. The invariant: it reads the state in one stretch, between two
        // commits, and after its await it touches nothing but the flag that says that there is something to save.
        _saveTimer ??= this.RegisterGrainTimer(
            static (player, _) => player.OnSaveDueAsync(),
            this,
            new GrainTimerCreationOptions(options.Value.CheckpointEvery, options.Value.CheckpointEvery) { Interleave = true });
    }

    private async Task OnSaveDueAsync()
    {
        if (_unsaved)
        {
            await SaveIfNeededAsync();
        }
        else
        {
            _saveTimer?.Dispose();
            _saveTimer = null;
        }
    }

    /// <summary>Writes what is unsaved. A failure is no news for the player: it is tried again at the next tick.</summary>
    private async ValueTask SaveIfNeededAsync()
    {
        if (!_unsaved || _dying)
        {
            return;
        }

        _unsaved = false;
        _saving++;
        try
        {
            await checkpoints.SaveAsync(Checkpoint());
        }
        catch (Exception fault)
        {
            _unsaved = true;
            LogSaveFailed(fault, _player, _scene!.Hunt);
        }
        finally
        {
            _saving--;
        }
    }

    /// <summary>Writes a session's begin or end before anybody hears of it. A failure leaves it unknown: the next activation reads what is on disk.</summary>
    private async ValueTask SaveOrDieAsync()
    {
        _unsaved = false;
        try
        {
            await checkpoints.SaveAsync(Checkpoint());
        }
        catch (Exception fault)
        {
            _dying = true;
            DeactivateOnIdle();
            LogSaveFailed(fault, _player, _scene!.Hunt);
            throw;
        }
    }

    private PlayerCheckpoint Checkpoint()
    {
        var state = _state!.Value;
        return new PlayerCheckpoint(_scene!.Hunt, _player, state.Session, state.Applied, state.Tile, state.Left, AnswerCodec.Encode(_window));
    }
}
