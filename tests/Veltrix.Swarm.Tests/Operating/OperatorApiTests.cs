using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Veltrix.Commands.Swarm.Operating;

namespace Veltrix.Swarm.Tests.Operating;

/// <summary>An operator's swarm in front of several gateways, of which some are away.</summary>
public sealed class OperatorApiTests : IAsyncDisposable
{
    private const string Tokens = """{"tokens":[{"player":"ada","token":"t-ada"}]}""";
    private const string Usage = """{"pid":7,"cpuSeconds":2.5,"peakResidentBytes":3145728}""";
    private const string ExpectedRequest = """{"players":["ada"]}""";

    private readonly List<WebApplication> _gateways = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task Send_TheFirstGatewayIsDown_GoesToTheNextWithTheSameContent_AndStaysThere()
    {
        var asked = new List<string>();
        var there = await StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked.Add(await reader.ReadToEndAsync());
            await context.Response.WriteAsync(Tokens);
        });
        using var api = Api(Nobody(), there);

        Assert.Equal(["t-ada"], await api.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));
        Assert.Equal(["t-ada"], await api.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));
        Assert.Equal([ExpectedRequest, ExpectedRequest], asked);
    }

    [Fact]
    public async Task Send_AGatewayThatIsNotReady_GoesToTheNext()
    {
        var asked = 0;
        var unready = await StartAsync(context => RefuseAsync(context, ++asked));
        using var api = Api(unready, await StartAsync(context => context.Response.WriteAsync(Tokens)));

        Assert.Equal(["t-ada"], await api.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Send_AGatewayThatDiesInTheMiddleOfItsAnswer_GoesToTheNext()
    {
        using var dying = new TcpListener(IPAddress.Loopback, 0);
        dying.Start();
        var died = DieInTheMiddleAsync(dying);
        using var api = Api(new Uri($"http://{dying.LocalEndpoint}"), await StartAsync(context => context.Response.WriteAsync(Usage)));

        Assert.Equal(new ServerUsage(7, 2.5, 3), await api.UsageAsync(TestContext.Current.CancellationToken));
        await died;
    }

    [Fact]
    public async Task Send_ARefusal_IsNotTakenToAnotherGateway()
    {
        var refusing = await StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("""{"detail":"Not this key."}""");
        });
        using var api = Api(refusing, await StartAsync(context => context.Response.WriteAsync(Tokens)));

        var refused = await Assert.ThrowsAsync<OperatorException>(() => api.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Contains("Not this key.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TheOnlyGatewayIsAway_FailsAtOnce()
    {
        var asked = 0;
        using var nobody = Api(Nobody());
        using var unready = Api(await StartAsync(context => RefuseAsync(context, ++asked)));

        await Assert.ThrowsAsync<HttpRequestException>(() => nobody.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<OperatorException>(() => unready.TokensAsync("summer", ["ada"], TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);
    }

    private static OperatorApi Api(params Uri[] gateways) => new(gateways, "vop_x", TimeProvider.System);

    private static Task RefuseAsync(HttpContext context, int asked)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync($$"""{"detail":"Not ready for the {{asked}}th time."}""");
    }

    /// <summary>Takes one request and gives the head and the first bytes of an answer.</summary>
    private static async Task DieInTheMiddleAsync(TcpListener dying)
    {
        using var connection = await dying.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = connection.GetStream();
        using var request = new StreamReader(stream);
        while (await request.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
            // All of it, to its empty line: an end with something unread would take the answer back.
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Usage.Length}\r\n\r\n{Usage[..10]}"), TestContext.Current.CancellationToken);
    }

    /// <summary>An address at which nobody listens.</summary>
    private static Uri Nobody()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndPoint!).Port}");
    }

    private async Task<Uri> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var gateway = builder.Build();
        gateway.Run(answer);
        _gateways.Add(gateway);
        await gateway.StartAsync();
        return new Uri(gateway.Urls.Single());
    }
}
