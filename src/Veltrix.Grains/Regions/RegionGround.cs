using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Regions;

/// <summary>All that a region knows: who stands in it, which clues lie there, what was dug up. Plain data with its rules; no awaits.</summary>
internal sealed class RegionGround(HuntScene scene, int region, RegionOptions options)
{
    public Crowd Crowd { get; } = new();

    public ClueRing Clues { get; } = new(options.Clues);

    public Diggings Diggings { get; } = new(scene.Plan, scene.Rules.RespawnSeconds);

    /// <summary>Takes in what the ledger has of the region.</summary>
    public void Recall(RegionHistory history)
    {
        foreach (var claim in history.Claims)
        {
            Diggings.Remember(
                scene.Plan.All[claim.Treasure], new DugClaim(claim.Generation, claim.At, claim.Player, Operation: null, claim.Points));
        }

        foreach (var clue in history.Clues)
        {
            Clues.Add(clue.Operation, clue.Author, clue.Tile, clue.Text ?? "");
        }
    }

    /// <summary>Whether a player who comes over a border finds room.</summary>
    public bool HasRoomFor(PlayerId player) => Crowd.Count < options.Players || Crowd.Contains(player);

    public Sighting See(PlayerId looker, SightMask sight)
    {
        var players = Crowd.See(looker, sight, out var nearestPlayers);
        var clues = Clues.See(sight, out var nearestClues);
        var marks = Diggings.See(sight, out var nearestMarks);
        return new Sighting(players, clues, marks, nearestPlayers, nearestClues, nearestMarks);
    }

    /// <summary>The draft of a claim that the ledger is to decide on.</summary>
    public EntryDraft Claim(OperationId operation, PlayerId player, in DigVerdict verdict) => new(
        operation, EntryKind.Claim, player, verdict.Treasure.Tile, region, verdict.Treasure.Points, verdict.Treasure.Id, verdict.Generation)
    {
        Mark = CallMark.For(operation.Sequence),
    };

    public EntryDraft Clue(OperationId operation, PlayerId player, Tile tile, string text) =>
        new(operation, EntryKind.Clue, player, tile, region, Points: 0, Text: text) { Mark = CallMark.For(operation.Sequence) };
}
