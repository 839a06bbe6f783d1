using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Players;

/// <summary>How long players stay in memory and in the world, and how often they are saved.</summary>
public sealed class PlayerOptions
{
    /// <summary>
    /// How often a player who acts is saved. It is how much walking is lost when a gateway and a silo die together. Each save costs a row in a
    /// batch: 3,000 players at 5 s are 600 rows a second.
    /// </summary>
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a player whose socket is gone stays in the world for others to see. The session can be resumed after it all the same.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After how long without a command a player's grain leaves memory; the next command brings it back as it was. Longer costs about 3 KB a
    /// player and hour saved of one read each time.
    /// </summary>
    public TimeSpan IdleFor { get; set; } = TimeSpan.FromMinutes(5);
}

internal sealed class PlayerOptionsValidator : IValidateOptions<PlayerOptions>
{
    public ValidateOptionsResult Validate(string? name, PlayerOptions options) => options switch
    {
        _ when options.CheckpointEvery < TimeSpan.FromMilliseconds(100) =>
            Fail($"CheckpointEvery is {options.CheckpointEvery}: set Veltrix:Players:CheckpointEvery to 00:00:00.1 or more."),
        _ when options.Linger < TimeSpan.Zero || options.Linger > TimeSpan.FromDays(1) =>
            Fail($"Linger is {options.Linger}: set Veltrix:Players:Linger to 00:00:00 to 1.00:00:00."),
        _ when options.IdleFor <= TimeSpan.FromMinutes(1) || options.IdleFor <= options.Linger =>
            Fail($"IdleFor is {options.IdleFor}: set Veltrix:Players:IdleFor to more than 00:01:00 and more than Linger, {options.Linger}."),
        _ => ValidateOptionsResult.Success,
    };

    private static ValidateOptionsResult Fail(string sentence) => ValidateOptionsResult.Fail(sentence);
}
