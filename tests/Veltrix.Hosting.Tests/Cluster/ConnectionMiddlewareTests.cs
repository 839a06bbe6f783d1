using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Hosting.Tests.Cluster;

/// <summary>What happens around the handling of a connection.</summary>
public sealed class ConnectionMiddlewareTests
{
    private static readonly IPEndPoint Other = new(IPAddress.Loopback, 7);

    private readonly List<IPEndPoint> _ended = [];
    private readonly List<string> _heard = [];
    private readonly Pipe _said = new();

    [Fact]
    public async Task UseEnd_ConnectionThatFails_IsToldAndFailsAllTheSame()
    {
        var handle = Build(connections => connections.UseEnd((_, other) => _ended.Add(other)).Run(_ => throw new ConnectionResetException("It is gone.")));

        await Assert.ThrowsAsync<ConnectionResetException>(() => handle(Connection()));

        Assert.Equal([Other], _ended);
    }

    [Fact]
    public async Task UseEnd_ConnectionThatStays_IsNotTold()
    {
        var stays = new TaskCompletionSource();
        var handle = Build(connections => connections.UseEnd((_, other) => _ended.Add(other)).Run(_ => stays.Task));

        var handled = handle(Connection());
        Assert.Empty(_ended);

        stays.SetResult();
        await handled;
        Assert.Equal([Other], _ended);
    }

    [Fact]
    public async Task UseSilence_ConnectionThatEndsWithoutAWord_GoesNoFurther()
    {
        await _said.Writer.CompleteAsync();

        await Build(connections => connections.UseSilence().Run(HearAsync))(Connection());

        Assert.Empty(_heard);
    }

    [Fact]
    public async Task UseSilence_ConnectionThatSpeaks_IsHeardFromTheFirstWord()
    {
        var handled = Build(connections => connections.UseSilence().Run(HearAsync))(Connection());
        Assert.Empty(_heard);

        await _said.Writer.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken);
        await handled;

        Assert.Equal(["hello"], _heard);
    }

    private static ConnectionDelegate Build(Action<IConnectionBuilder> configure)
    {
        var connections = new ConnectionBuilder(new ServiceCollection().BuildServiceProvider());
        configure(connections);
        return connections.Build();
    }

    private DefaultConnectionContext Connection() => new("one", new Duplex(_said.Reader, new Pipe().Writer), null!) { RemoteEndPoint = Other };

    private async Task HearAsync(ConnectionContext connection)
    {
        var heard = await connection.Transport.Input.ReadAsync();
        _heard.Add(Encoding.UTF8.GetString(heard.Buffer));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
