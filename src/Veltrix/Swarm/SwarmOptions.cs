using System.CommandLine;
using System.CommandLine.Parsing;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Swarm;

/// <summary>
/// The options that decide a swarm, shared by <c>swarm</c> and <c>up</c>.
/// </summary>
internal static class SwarmOptions
{
    public static readonly Option<string> Map = new("--map")
    {
        HelpName = "FILE|generated:WIDTHxHEIGHT@SEED",
        Description = "The map: a Tiled file (.tmx, .tmj), an octile grid (.map), or one that is generated from a size and a seed.",
        DefaultValueFactory = _ => "generated:512x512@7",
    };

    public static readonly Option<int> Players = NewPlayers(100);

    public static readonly Option<double> Rate = NewRate(4);

    public static readonly Option<int> Batch = Checked<int>(
        new("--batch") { HelpName = "B", Description = "Commands a frame: they travel together under one signature.", DefaultValueFactory = _ => 1 },
        batch => batch is >= 1 and <= 64 ? null : "--batch takes 1 to 64 commands a frame.");

    public static readonly Option<double> Seconds = Checked<double>(
        new("--seconds") { HelpName = "S", Description = "How long to measure, after the warm-up; without it the swarm runs until it is interrupted." },
        seconds => seconds is > 0 and <= 1_000_000 ? null : "--seconds takes more than 0 seconds.");

    public static readonly Option<double> Warmup = Checked<double>(
        new("--warmup") { HelpName = "S", Description = "Seconds before the measured ones: players begin one after another over the first three quarters. Checked, not measured.", DefaultValueFactory = _ => 15 },
        warmup => warmup is >= 0 and <= 100_000 ? null : "--warmup takes 0 or more seconds.");

    public static readonly Option<string> MixOfCommands = NewMix(Mix.Default);

    public static readonly Option<ulong> Seed = new("--seed")
    {
        HelpName = "N",
        Description = "Decides what every player does and when; of a hunt that the swarm makes also the treasures and spawns.",
        DefaultValueFactory = _ => 1,
    };

    public static readonly Option<string> Json = new("--json")
    {
        HelpName = "FILE",
        Description = "Where to write the summary as JSON; - is standard output.",
    };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> Shared { get; } = [Map, Players, Rate, Batch, Seconds, Warmup, MixOfCommands, Seed, Json];

    public static Option<int> NewPlayers(int usual) => Checked<int>(
        new("--players") { HelpName = "N", Description = "How many simulated players.", DefaultValueFactory = _ => usual },
        players => players is >= 1 and <= 100_000 ? null : "--players takes 1 to 100,000.");

    public static Option<double> NewRate(double usual) => Checked<double>(
        new("--rate") { HelpName = "R", Description = "Commands a second and player.", DefaultValueFactory = _ => usual },
        rate => rate is > 0 and <= 1000 ? null : "--rate takes more than 0 and at most 1,000 commands a second and player.");

    public static Option<string> NewMix(string usual) => Checked<string>(
        new("--mix")
        {
            HelpName = "KIND=WEIGHT,...",
            Description = "How often move, look, drop, dig and where are sent, as weights.",
            DefaultValueFactory = _ => usual,
        },
        mix => Mix.Problem(mix, out _));

    /// <summary>An option whose value is held to a rule: null, or a sentence that says how to mend it.</summary>
    public static Option<T> Checked<T>(Option<T> option, Func<T, string?> problem)
    {
        option.Validators.Add(result =>
        {
            // A value that could not be read has its own error.
            if (result.Errors.Any() || !TryValue(result, option, out var value))
            {
                return;
            }

            if (problem(value!) is { } sentence)
            {
                result.AddError(sentence);
            }
        });
        return option;
    }

    private static bool TryValue<T>(OptionResult result, Option<T> option, out T? value)
    {
        try
        {
            value = result.GetValue(option);
            return true;
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }
}
