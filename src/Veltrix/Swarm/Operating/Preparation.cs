using System.Globalization;
using System.Net;
using Veltrix.Commands.Maps;
using Veltrix.Commands.Swarm.Model;
using Veltrix.Contracts;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Swarm.Operating;

/// <summary>Finds or makes the hunt that the swarm plays.</summary>
internal static class Preparation
{
    private const string Prefix = "bot-";

    public static Task<PreparedHunt> HuntAsync(
        SwarmSettings settings, OperatorApi operating, TimeProvider time, Action<string> say, CancellationToken stop) =>
        settings.Hunt is { } hunt ? FindAsync(settings, hunt, operating, say, stop) : MakeAsync(settings, operating, time, say, stop);

    private static async Task<PreparedHunt> MakeAsync(
        SwarmSettings settings, OperatorApi operating, TimeProvider time, Action<string> say, CancellationToken stop)
    {
        var map = MapSource.Load(settings.Map);
        if (Spawns.Problem(map) is { } problem)
        {
            throw new UsageException(problem);
        }

        var rules = RulesFor(map, settings);
        var hash = await operating.StoreMapAsync(map, stop);
        var id = await CreateAsync(settings, operating, map, hash, rules, time, stop);
        await operating.StartHuntAsync(id, stop);
        say($"Hunt {id} on {map.Name} ({map.Width} x {map.Height} tiles, seed {settings.Seed}).");
        return new PreparedHunt(id, ModelOf(settings, map, rules, settings.Seed, alone: true), new Dictionary<string, long>());
    }

    /// <summary>Rules under which nobody at this rate is ever too fast, so that every answer is certain, and with much to find.</summary>
    internal static HuntRules RulesFor(TileMap map, SwarmSettings settings) =>
        HuntModel.WithFreeSpeed(new HuntRules { TreasuresPerThousand = 200 }, map, settings.Rate);

    /// <summary>The id says the seed and the time, so that runs are told apart; an id that is in use makes way for the next.</summary>
    private static async Task<string> CreateAsync(
        SwarmSettings settings, OperatorApi operating, TileMap map, string hash, HuntRules rules, TimeProvider time, CancellationToken stop)
    {
        const int Attempts = 10;
        var now = time.GetUtcNow();
        for (var attempt = 1; ; attempt++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"swarm-{settings.Seed % 1_000_000}-{now:yyMMdd-HHmmss}{(attempt == 1 ? "" : $"-{attempt}")}");
            try
            {
                await operating.CreateHuntAsync(id, map.Name, hash, settings.Seed, rules, stop);
                return id;
            }
            catch (OperatorException taken) when (taken.Status == HttpStatusCode.Conflict && attempt < Attempts)
            {
                // The same seed in the same second: another swarm.
            }
        }
    }

    private static async Task<PreparedHunt> FindAsync(
        SwarmSettings settings, string id, OperatorApi operating, Action<string> say, CancellationToken stop)
    {
        var found = await operating.GetHuntAsync(id, stop);
        if (found.State != "running")
        {
            throw new UsageException($"Hunt {id} is {found.State}, not running: start it, or let the swarm make one by leaving --hunt out.");
        }

        var map = await operating.LoadMapAsync(found.MapHash, stop);
        if (map.Hash != found.MapHash)
        {
            throw new OperatorException($"The map of hunt {id} came with hash {map.Hash} instead of {found.MapHash}.");
        }

        var model = ModelOf(settings, map, found.Rules, found.Seed, alone: false);
        var points = await ReadPastAsync(operating, id, model, stop);
        say($"Hunt {id} on {map.Name} ({map.Width} x {map.Height} tiles), {points.Count:N0} players have scored before.");
        return new PreparedHunt(id, model, points);
    }

    /// <summary>What happened in the hunt before: who has how many points, what is claimed, where clues lie.</summary>
    private static async Task<Dictionary<string, long>> ReadPastAsync(OperatorApi operating, string hunt, HuntModel model, CancellationToken stop)
    {
        var points = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var entry in operating.LedgerAsync(hunt, stop))
        {
            var content = entry.Content;
            if (content.Points != 0)
            {
                points[content.Player.Value] = points.GetValueOrDefault(content.Player.Value) + content.Points;
            }

            if (content.Kind == EntryKind.Claim)
            {
                model.Treasury.Found(content.Treasure);
            }
            else if (content.Kind == EntryKind.Clue)
            {
                model.CountClue(content.Tile);
            }
        }

        return points;
    }

    private static HuntModel ModelOf(SwarmSettings settings, TileMap map, HuntRules rules, ulong huntSeed, bool alone) =>
        new(map, rules, huntSeed, settings.Seed, Prefix, alone)
        {
            SpeedBinds = HuntModel.Binds(map, rules, settings.Rate, settings.Batch),
            TrailLength = Math.Clamp((int)(settings.Rate * 30), 64, 4096),
        };
}
