using System.Net;
using System.Net.Sockets;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Tests.Postgres;

public sealed class PostgresAvailabilityTests
{
    private readonly PausingClock _clock = new();
    private readonly List<string> _told = [];

    [Fact]
    public async Task Wait_ForAServerThatComesUp_TellsEachReasonOnce_AndGoesOn()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        using var database = new PostgresDatabase();
        var port = VeltrixProcess.FreePort();
        await using var source = Source(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = port });
        using var stop = new CancellationTokenSource();
        var waiting = PostgresAvailability.WaitAsync(source, _told.Add, _clock, stop.Token);

        // Nobody listens; then somebody who is starting up; then the real one.
        await PausesAsync(waiting, 2);
        using (var starting = new StandIn(port, StandIn.StartingUp))
        {
            await PausesAsync(waiting, 3);
        }

        using (var real = new StandIn(port, client => StandIn.RelayAsync(client, database.ConnectionString)))
        {
            while (!waiting.IsCompleted)
            {
                await PausesAsync(waiting, 1);
            }

            await waiting;
        }

        // Between the two stand-ins it may have been refused once more.
        Assert.Contains($"at 127.0.0.1:{port}: ", _told[0], StringComparison.Ordinal);
        Assert.Single(_told, line => line.Contains("the database system is starting up", StringComparison.Ordinal));
        Assert.Contains("answers after", _told[^1], StringComparison.Ordinal);
        Assert.InRange(_told.Count, 3, 4);
    }

    [Fact]
    public async Task Wait_Cancelled_Ends()
    {
        await using var source = Source(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = VeltrixProcess.FreePort(), Username = "a", Password = "b" });
        using var stop = new CancellationTokenSource();
        var waiting = PostgresAvailability.WaitAsync(source, _told.Add, _clock, stop.Token);
        await PausesAsync(waiting, 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Single(_told);
    }

    [Fact]
    public async Task Wait_ForAHostWithoutAddress_Waits()
    {
        await using var source = Source(new NpgsqlConnectionStringBuilder { Host = "db.invalid", Username = "a", Password = "b" });
        using var stop = new CancellationTokenSource();
        var waiting = PostgresAvailability.WaitAsync(source, _told.Add, _clock, stop.Token);

        await PausesAsync(waiting, 2);

        Assert.False(waiting.IsCompleted);
        Assert.Contains("Waiting for the database 'a' at db.invalid:5432: ", Assert.Single(_told), StringComparison.Ordinal);
        await stop.CancelAsync();
    }

    [Theory]
    [InlineData("Password=wrong", "password authentication failed", "Mend the user or the password")]
    [InlineData("Username=nobody", "password authentication failed", "Mend the user or the password")]
    [InlineData("Database=nothing_here", "does not exist", "Create it")]
    [InlineData("Password=", "No password", "Mend the connection string")]
    [InlineData("SSL Mode=Require", "SSL", "Mend the connection string")]
    public async Task Wait_WhereNoWaitingHelps_IsRefusedAtOnce(string wrong, string what, string mend)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var source = NpgsqlDataSource.Create($"{PostgresDatabase.Server};{wrong}");

        var refused = await Assert.ThrowsAsync<PostgresStorageException>(() => PostgresAvailability.WaitAsync(source, _told.Add, _clock, CancellationToken.None));

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains(mend, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_told);
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder connection)
    {
        connection.SslMode = SslMode.Disable;
        connection.GssEncryptionMode = GssEncryptionMode.Disable;
        return NpgsqlDataSource.Create(connection);
    }

    private async Task PausesAsync(Task waiting, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.InRange(await _clock.PassAsync(waiting), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Listens where a server should be.</summary>
    private sealed class StandIn : IDisposable
    {
        private readonly TcpListener _listener;

        public StandIn(int port, Func<TcpClient, Task> serve)
        {
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Start();
            _ = AcceptAsync(serve);
        }

        /// <summary>Says what a server says that recovers.</summary>
        public static async Task StartingUp(TcpClient client)
        {
            using (client)
            {
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[1024]);
                var fields = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"u8.ToArray();
                byte[] message = [(byte)'E', 0, 0, 0, (byte)(fields.Length + 4), .. fields];
                await stream.WriteAsync(message);
            }
        }

        public static async Task RelayAsync(TcpClient client, string connection)
        {
            var real = new NpgsqlConnectionStringBuilder(connection);
            using var server = new TcpClient();
            await server.ConnectAsync(real.Host!, real.Port);
            using (client)
            {
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync(Func<TcpClient, Task> serve)
        {
            try
            {
                while (true)
                {
                    _ = serve(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The test goes on.
            }
        }
    }
}
