namespace Veltrix.Grains.Hunts;

/// <summary>The scenes of the hunts that a silo plays, built once each and shared by its grains.</summary>
internal interface IHuntCatalog
{
    /// <summary>A hunt's scene, with a definition that is not older than <see cref="HuntOptions.MaxAge"/>; null when there is no such hunt.</summary>
    ValueTask<HuntScene?> LoadAsync(HuntId hunt);

    /// <summary>
    /// To be called before a scene's definition is relied on. Nearly always completes at once and allocates nothing: a definition older than
    /// <see cref="HuntOptions.RefreshEvery"/> is read again in the background, and only one older than
    /// <see cref="HuntOptions.MaxAge"/>, of a hunt that nobody played for a while, is waited for.
    /// </summary>
    ValueTask FreshenAsync(HuntScene scene);
}
