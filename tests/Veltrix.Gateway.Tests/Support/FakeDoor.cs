namespace Veltrix.Gateway.Tests.Support;

/// <summary>A silo's door, which can break.</summary>
internal sealed class FakeDoor(FakeGrains grains) : IPlayerDoor
{
    /// <summary>Whether every call through it fails: the silo is gone.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether calls through it are never answered: the silo died while it had them.</summary>
    public bool IsDead { get; set; }

    public int Calls { get; private set; }

    public ValueTask<PlayReply> PlayAsync(GrainId player, PlayRequest request)
    {
        Calls++;
        if (IsDead)
        {
            return new ValueTask<PlayReply>(new TaskCompletionSource<PlayReply>().Task);
        }

        return IsBroken ? throw new SiloUnavailableException("gone") : grains.Players[player.Key.ToString()!].PlayAsync(request);
    }
}
