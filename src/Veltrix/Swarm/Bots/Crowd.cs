using Veltrix.Client;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Commands.Swarm.Sockets;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>All bots with their sessions.</summary>
/// <param name="servers">the gateways: players are spread over them, and who loses one goes on at the next</param>
/// <param name="clock">the swarm's clock</param>
/// <param name="record">what is counted</param>
/// <param name="loop">serves the bots' sockets; null leaves them to the class library</param>
internal sealed class Crowd(IReadOnlyList<Uri> servers, ISwarmClock clock, RunRecord record, SocketLoop? loop) : IAsyncDisposable
{
    /// <summary>How many joins, and then how many connects, are under way at a time.</summary>
    private const int AtOnce = 64;

    /// <summary>How often a join is tried while the server says that it has too much to do.</summary>
    private const int Attempts = 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = AtOnce }) { Timeout = TimeSpan.FromSeconds(60) };
    private Seat[] _seats = [];
    private VeltrixClient[] _clients = [];

    /// <summary>Joins every bot and connects it. Players whom the hunt does not know yet must stand where the rules let them spawn.</summary>
    public async Task JoinAsync(OperatorApi operating, PreparedHunt hunt, Bot[] bots, Action<string> say, CancellationToken stop)
    {
        var began = clock.Now;
        _clients = [.. servers.Select((server, first) => new VeltrixClient(server, new VeltrixClientOptions
        {
            Http = _http,
            OtherGateways = [.. servers.Skip(first + 1), .. servers.Take(first)],
            ShareFrames = false,
            Seed = hunt.Model.Seed,
            Connect = loop is null ? null : loop.ConnectAsync,
        }))];
        _seats = [.. bots.Select(bot => new Seat(bot, clock, record))];
        var tokens = await operating.TokensAsync(hunt.Id, [.. bots.Select(bot => bot.Name)], stop);
        await Parallel.ForEachAsync(
            _seats,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (seat, cancellationToken) =>
            {
                var bot = seat.Bot;
                var client = _clients[bot.Index % _clients.Length];
                var joined = await JoinAsync(client, hunt.Id, tokens[bot.Index], cancellationToken);
                var tile = Tile.At(joined.Spawn.X, joined.Spawn.Y);
                if (hunt.Model.Alone && Spawns.For(hunt.Model.Map, hunt.Model.HuntSeed, bot.Name) is var spawn && spawn != tile)
                {
                    record.Wrong($"{bot.Name} join: expected to stand on {spawn}, saw {tile}");
                }

                bot.Join(joined.Session, tile, hunt.PointsOf(bot.Name));
                seat.Play(await client.PlayAsync(joined, seat, cancellationToken: cancellationToken));
            });

        // The last connect may have completed on the loop's thread, which has to go on.
        await Task.Yield();
        say($"{bots.Length:N0} players joined and connected in {(clock.Now - began) / (double)Nanoseconds.PerSecond:F1} s.");
    }

    /// <summary>What the pacer drives.</summary>
    public IFrameSender Sender(int batch) => new FrameSender(_seats, record, batch);

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(
            _seats,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (seat, _) => await (seat.Session?.DisposeAsync() ?? ValueTask.CompletedTask));
        await Task.Yield();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _http.Dispose();
    }

    private static async Task<Protocol.Rest.JoinAnswer> JoinAsync(VeltrixClient client, string hunt, string token, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.JoinAsync(hunt, token, stop);
            }
            catch (JoinRefusedException busy) when (busy.Status is 429 or 503 && attempt < Attempts)
            {
                await Task.Delay(busy.RetryAfter ?? TimeSpan.FromSeconds(1), stop);
            }
        }
    }

    private sealed class FrameSender(Seat[] seats, RunRecord record, int batch) : IFrameSender
    {
        private readonly Command[] _frame = new Command[batch];

        public void Send(int player, long due, long now)
        {
            var seat = seats[player];
            record.SentFrame(batch, due, now);
            if (seat.Ended is null)
            {
                seat.Bot.Plan(_frame, due);
                seat.Send(_frame);
            }
        }
    }
}
