using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Regions;

/// <summary>What a region holds, and how it tells of changes.</summary>
public sealed class RegionOptions
{
    /// <summary>
    /// How many players a region takes in over its borders; beyond that a move into it is answered busy. Each costs about 100 bytes, and 2 ns in
    /// every look. Players who join or come back where they stood are always taken in.
    /// </summary>
    public int Players { get; set; } = 4096;

    /// <summary>How many clues lie in a region: the oldest goes for a new one. Each costs about 400 bytes and 2 ns in every look.</summary>
    public int Clues { get; set; } = 512;

    /// <summary>How many gateways may watch a region; beyond that the one goes that renewed its watch longest ago.</summary>
    public int Watchers { get; set; } = 64;

    /// <summary>How long a watch lasts unless it is renewed.</summary>
    public TimeSpan WatchLasts { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often watchers are told of changes, at the most. Less time shows motion more smoothly and costs more messages.</summary>
    public TimeSpan NewsEvery { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a player is seen who does nothing. It bounds what is left of players whose silo and gateway died together; who plays on after
    /// that time is seen again with their next command.
    /// </summary>
    public TimeSpan SeenFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>What a player is told to wait when there is no room, or the ledger is behind.</summary>
    public TimeSpan BusyRetry { get; set; } = TimeSpan.FromMilliseconds(250);
}

internal sealed class RegionOptionsValidator : IValidateOptions<RegionOptions>
{
    public ValidateOptionsResult Validate(string? name, RegionOptions options) => options switch
    {
        { Players: < 1 } => Fail($"Players is {options.Players}: set Veltrix:Regions:Players to 1 or more."),
        { Clues: < 1 or > 65_536 } => Fail($"Clues is {options.Clues}: set Veltrix:Regions:Clues to 1 to 65,536."),
        { Watchers: < 1 or > 4096 } => Fail($"Watchers is {options.Watchers}: set Veltrix:Regions:Watchers to 1 to 4,096."),
        _ when options.WatchLasts < TimeSpan.FromSeconds(1) =>
            Fail($"WatchLasts is {options.WatchLasts}: set Veltrix:Regions:WatchLasts to 00:00:01 or more."),
        _ when options.NewsEvery < TimeSpan.FromMilliseconds(10) =>
            Fail($"NewsEvery is {options.NewsEvery}: set Veltrix:Regions:NewsEvery to 00:00:00.01 or more."),
        _ when options.SeenFor < TimeSpan.FromMinutes(1) =>
            Fail($"SeenFor is {options.SeenFor}: set Veltrix:Regions:SeenFor to 00:01:00 or more."),
        _ when options.BusyRetry < TimeSpan.FromMilliseconds(1) || options.BusyRetry > TimeSpan.FromMinutes(1) =>
            Fail($"BusyRetry is {options.BusyRetry}: set Veltrix:Regions:BusyRetry to 00:00:00.001 to 00:01:00."),
        _ => ValidateOptionsResult.Success,
    };

    private static ValidateOptionsResult Fail(string sentence) => ValidateOptionsResult.Fail(sentence);
}
