using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Veltrix.Client;
using Veltrix.Protocol;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.EndToEnd.Tests;

/// <summary>
/// What the database is the last guard against: two clusters that know nothing of each other serve the same hunt, so that the region, the ledger's one shard and
/// all that is in memory are there twice.
/// </summary>
public sealed class SplitTests : IDisposable
{
    private const string Hunt = "split";
    private const ulong Seed = 5;

    // All of the map is one region and within reach of everybody, and the ledger has one shard.
    private static readonly HuntRules Rules = new() { RegionSize = 16, Reach = 16, TreasuresPerThousand = 200, LedgerShards = 1, Guests = true };

    private readonly PostgresDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Dig_InTwoActivationsOfOneRegion_ScoresEachTreasureOnce()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var cluster = new TestCluster(_database.ConnectionString);
        var (left, right) = (TestCluster.FreeAddress(), TestCluster.FreeAddress());
        ChildProcess[] processes =
        [
            cluster.StartSilo(TestCluster.FreeAddress(), "--cluster", "left", "--migrate"),
            cluster.StartSilo(TestCluster.FreeAddress(), "--cluster", "right", "--migrate"),
            cluster.StartGateway(left, "--cluster", "left", "--migrate"),
            cluster.StartGateway(right, "--cluster", "right", "--migrate"),
        ];
        await Task.WhenAll(processes.Select(TestCluster.UpAsync));
        using var api = new HttpClient { BaseAddress = left };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Key);
        var treasures = await StartHuntAsync(api);

        using var leftClient = new VeltrixClient(left);
        using var rightClient = new VeltrixClient(right);
        await using var ann = await leftClient.PlayAsync(await leftClient.JoinAsGuestAsync(Hunt, "ann", Stop), cancellationToken: Stop);
        await using var bob = await rightClient.PlayAsync(await rightClient.JoinAsGuestAsync(Hunt, "bob", Stop), cancellationToken: Stop);
        var (annsPoints, bobsPoints) = (0L, 0L);
        foreach (var treasure in treasures)
        {
            var dig = Command.Dig(treasure.Tile.X, treasure.Tile.Y);
            var answers = await Task.WhenAll(ann.SendAsync(dig, Stop).AsTask(), bob.SendAsync(dig, Stop).AsTask());

            Assert.Equal([ResultCode.Ok, ResultCode.Taken], answers.Select(answer => answer.Result).Order());
            annsPoints += answers[0].Points;
            bobsPoints += answers[1].Points;
        }

        Assert.Equal(treasures.Sum(treasure => treasure.Points), annsPoints + bobsPoints);
        var entries = await LedgerAsync(api);
        Assert.Equal(treasures.Length, entries.Count);
        Assert.Equal(treasures.Length, entries.Select(entry => entry.Treasure).Distinct().Count());
        Assert.Equal((annsPoints, bobsPoints), (entries.Where(entry => entry.Player == "ann").Sum(entry => entry.Points), entries.Where(entry => entry.Player == "bob").Sum(entry => entry.Points)));
        var verify = cluster.Start("verify");
        Assert.True(await verify.ExitAsync(TestCluster.Patience) == 0, verify.Output + verify.Errors);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<ImmutableArray<Treasure>> StartHuntAsync(HttpClient api)
    {
        var open = string.Concat(Enumerable.Repeat(new string('.', 16) + "\n", 16));
        using var file = new StringContent($"type octile\nheight 16\nwidth 16\nmap\n{open}", new MediaTypeHeaderValue("application/octet-stream"));
        var stored = await SucceedAsync(await api.PostAsync(new Uri("/v1/maps?name=field.map", UriKind.Relative), file, Stop));
        var hash = JsonDocument.Parse(stored).RootElement.GetProperty("hash").GetString()!;
        await SucceedAsync(await api.PostAsJsonAsync(
            "/v1/hunts", new { id = Hunt, name = Hunt, map = hash, seed = Seed, rules = Rules }, JsonSerializerOptions.Web, Stop));
        await SucceedAsync(await api.PostAsync(new Uri($"/v1/hunts/{Hunt}/start", UriKind.Relative), null, Stop));
        var map = MapCodec.Decode(await api.GetByteArrayAsync(new Uri($"/v1/maps/{hash}/tiles", UriKind.Relative), Stop));
        return TreasurePlan.Create(map, Rules, Seed).All;
    }

    private static async Task<List<(int Treasure, string Player, long Points)>> LedgerAsync(HttpClient api)
    {
        var text = await api.GetStringAsync(new Uri($"/v1/hunts/{Hunt}/ledger", UriKind.Relative), Stop);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(entry => entry.TryGetProperty("points", out var points) && points.GetInt64() > 0)
                .Select(entry => (entry.GetProperty("treasure").GetInt32(), entry.GetProperty("player").GetString()!, entry.GetProperty("points").GetInt64())),
        ];
    }

    private static async Task<string> SucceedAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, text);
            return text;
        }
    }
}
