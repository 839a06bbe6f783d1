using Microsoft.Extensions.Options;

namespace Veltrix.Silo.Spreading;

/// <summary>How a silo of a cluster hands grains to others. Read from the configuration's section Veltrix:Spread.</summary>
public sealed class SpreadOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Veltrix:Spread";

    /// <summary>
    /// Whether grains move at all; true by default. Without it they stay where they were first needed: a silo that joins gets only what is new, and a player
    /// talks to their region over the network more often than not.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// How long the list of silos has to be the same until anything moves, 1 s to 10 min; 5 s by default. Shorter ones let silos that have not heard the same
    /// yet hand grains to and fro; longer ones leave a new silo idle.
    /// </summary>
    public TimeSpan SettledFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many grains a silo hands over in a second at the most, 1 to 100,000; 200 by default. A move holds its grain up for some milliseconds and costs the two silos
    /// about half a millisecond of CPU. More spread the load sooner after a silo joined, and take more from those who play meanwhile. The first are few, so that a
    /// silo that has just started has not a crowd waiting while it loads its map: two in two seconds, and four times as many in each two that follow.
    /// </summary>
    public int MovesPerSecond { get; set; } = 200;

    /// <summary>
    /// Up to how many times the mean a silo's activations may grow by players who follow their region, 1 to 10; 1.08 by default. Higher keeps more
    /// calls on one silo when many players stand in one place, and loads that silo more than others.
    /// </summary>
    public double Room { get; set; } = 1.08;

    /// <summary>
    /// From how many times the mean on a silo hands players to the emptiest ones, wherever their region is; more than <see cref="Room"/>, to 10; 1.15 by default.
    /// </summary>
    public double Crowded { get; set; } = 1.15;
}

internal sealed class SpreadOptionsValidator : IValidateOptions<SpreadOptions>
{
    public ValidateOptionsResult Validate(string? name, SpreadOptions options)
    {
        var problems = new List<string>();
        if (options.SettledFor < TimeSpan.FromSeconds(1) || options.SettledFor > TimeSpan.FromMinutes(10))
        {
            problems.Add($"SettledFor is {options.SettledFor}: set {SpreadOptions.Section}:SettledFor to 0:00:01 to 0:10:00.");
        }

        if (options.MovesPerSecond is < 1 or > 100_000)
        {
            problems.Add($"MovesPerSecond is {options.MovesPerSecond}: set {SpreadOptions.Section}:MovesPerSecond to 1 to 100000.");
        }

        if (options.Room is not (>= 1 and <= 10))
        {
            problems.Add($"Room is {options.Room}: set {SpreadOptions.Section}:Room to 1 to 10.");
        }

        if (!(options.Crowded > options.Room && options.Crowded <= 10))
        {
            problems.Add($"Crowded is {options.Crowded}: set {SpreadOptions.Section}:Crowded to more than Room, which is {options.Room}, and to 10 at the most.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
