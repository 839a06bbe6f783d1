using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Hunts;

/// <summary>What a silo keeps of the hunts that it plays.</summary>
public sealed class HuntOptions
{
    /// <summary>How many hunts' scenes are kept. A scene costs about 1 byte a tile beside its map (3 bytes a tile), and 0.1 to 1 s to build again.</summary>
    public int Scenes { get; set; } = 64;

    /// <summary>How old a definition may be before it is read again in the background: a start or an end reaches players within this.</summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How old a definition may be before play waits for a fresh one. Only the first command after a pause ever waits.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How many hunts there may be in all. Each costs about 50 bytes in every write of the list.</summary>
    public int Hunts { get; set; } = 10_000;
}

internal sealed class HuntOptionsValidator : IValidateOptions<HuntOptions>
{
    public ValidateOptionsResult Validate(string? name, HuntOptions options) => options switch
    {
        { Scenes: < 1 } => Fail($"Scenes is {options.Scenes}: set Veltrix:Hunts:Scenes to 1 or more."),
        _ when options.RefreshEvery <= TimeSpan.Zero =>
            Fail($"RefreshEvery is {options.RefreshEvery}: set Veltrix:Hunts:RefreshEvery to a time above 0, such as 00:00:00.5."),
        _ when options.MaxAge < options.RefreshEvery =>
            Fail($"MaxAge is {options.MaxAge}, below RefreshEvery {options.RefreshEvery}: set Veltrix:Hunts:MaxAge to at least as much."),
        { Hunts: < 1 or > 100_000 } => Fail($"Hunts is {options.Hunts}: set Veltrix:Hunts:Hunts to 1 to 100,000."),
        _ => ValidateOptionsResult.Success,
    };

    private static ValidateOptionsResult Fail(string sentence) => ValidateOptionsResult.Fail(sentence);
}
