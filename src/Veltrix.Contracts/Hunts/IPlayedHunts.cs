namespace Veltrix.Contracts;

/// <summary>The hunts that a silo has ready to be played: their map, and where their treasures lie.</summary>
public interface IPlayedHunts
{
    /// <summary>Those of them that run now and were played within the last minute.</summary>
    ImmutableArray<HuntId> Running { get; }

    /// <summary>Makes a hunt ready, so that who comes first need not wait for it. Nothing happens where there is no such hunt.</summary>
    Task PrepareAsync(HuntId hunt);
}
