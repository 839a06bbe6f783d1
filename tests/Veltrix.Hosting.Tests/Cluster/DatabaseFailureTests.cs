using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Serialization;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Hosting.Tests.Cluster;

/// <summary>A call to a grain that fails on the database is answered with that failure, to another silo or a gateway too.</summary>
public sealed class DatabaseFailureTests
{
    public static TheoryData<Exception> Failures =>
    [
        new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)),
        new PostgresException("the database system is shutting down", "FATAL", "FATAL", "57P01"),
        new NpgsqlException("Exception while reading from stream", new EndOfStreamException("Attempted to read past the end of the stream.")),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_OfTheDatabase_CrossesBetweenProcesses(Exception failure)
    {
        await using var database = NpgsqlDataSource.Create("Host=db");
        using var host = new HostBuilder().UseOrleansClient(client => client.UseVeltrixMembership(database)).Build();
        var serializer = host.Services.GetRequiredService<Serializer<Exception>>();

        var received = serializer.Deserialize(serializer.SerializeToArray(failure));

        Assert.IsType(failure.GetType(), received);
        Assert.Equal(failure.InnerException?.GetType(), received.InnerException?.GetType());
    }
}
