using System.Globalization;
using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Commands.Swarm.Load;

/// <summary>How often a bot sends which command: weights, of which only the proportions count.</summary>
internal sealed class Mix
{
    /// <summary>The mix of the reference workload.</summary>
    public const string Default = "move=80,look=10,drop=6,dig=4";

    private static readonly (string Name, CommandKind Kind)[] Known =
    [
        ("move", CommandKind.Move),
        ("look", CommandKind.Look),
        ("drop", CommandKind.DropClue),
        ("dig", CommandKind.Dig),
        ("where", CommandKind.Where),
    ];

    private readonly (CommandKind Kind, int UpTo)[] _shares;
    private readonly int _total;

    private Mix((CommandKind Kind, int UpTo)[] shares)
    {
        _shares = shares;
        _total = shares[^1].UpTo;
    }

    /// <summary>Reads a mix such as <see cref="Default"/>.</summary>
    /// <returns>null, or a sentence that says what does not fit and what would</returns>
    public static string? Problem(string text, out Mix? mix)
    {
        mix = null;
        var weights = new int[Known.Length];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            var name = sign < 0 ? part : part[..sign].TrimEnd();
            var index = Array.FindIndex(Known, known => known.Name == name);
            if (sign < 0 || index < 0)
            {
                return $"'{part}' in the mix is not KIND=WEIGHT with one of move, look, drop, dig and where: write it like {Default}.";
            }

            if (!int.TryParse(part[(sign + 1)..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var weight) || weight > 1_000_000)
            {
                return $"The weight of {name} in the mix is '{part[(sign + 1)..]}': give a whole number from 0 to 1,000,000.";
            }

            if (weights[index] != 0)
            {
                return $"The mix names {name} twice: give each kind one weight.";
            }

            weights[index] = weight;
        }

        var shares = new List<(CommandKind, int)>();
        var total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            if (weights[i] > 0)
            {
                shares.Add((Known[i].Kind, total));
            }
        }

        if (total == 0)
        {
            return "Every weight of the mix is 0: give at least one kind a weight above 0.";
        }

        mix = new Mix([.. shares]);
        return null;
    }

    /// <summary>The next command's kind.</summary>
    public CommandKind Pick(ref SeededRandom random)
    {
        var drawn = random.Next(_total);
        foreach (var (kind, upTo) in _shares)
        {
            if (drawn < upTo)
            {
                return kind;
            }
        }

        return _shares[^1].Kind;
    }
}
