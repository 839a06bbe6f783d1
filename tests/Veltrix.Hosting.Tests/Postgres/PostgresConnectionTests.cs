using Npgsql;
using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Hosting.Tests.Postgres;

public sealed class PostgresConnectionTests
{
    [Fact]
    public async Task CreateDataSource_WhatIsLeftOpen_GetsOurDefaults_AndWhatIsSaidStays()
    {
        var open = await ReadAsync("Host=db;Username=ada;Password=secret;Database=hunts");
        Assert.Equal(("veltrix", 18, 5), (open.ApplicationName, open.MaxPoolSize, open.Timeout));

        var said = await ReadAsync("Server=db;User Id=ada;Application Name=mine;MaxPoolSize=50;Timeout=15");
        Assert.Equal(("mine", 50, 15), (said.ApplicationName, said.MaxPoolSize, said.Timeout));
        Assert.Equal(30, (await ReadAsync("Host=db;Minimum Pool Size=30")).MaxPoolSize);
    }

    [Theory]
    [InlineData("postgres://ada:p%40ss@db.example:5433/hunts?sslmode=verify-full&connect_timeout=9", "db.example", 5433, "ada", "hunts", SslMode.VerifyFull, 9)]
    [InlineData("postgresql://ada@[::1]/hunts", "::1", 5432, "ada", "hunts", SslMode.Prefer, 5)]
    public async Task CreateDataSource_AnAddress_IsReadLikeLibpqReadsIt(
        string address, string host, int port, string user, string database, SslMode ssl, int timeout)
    {
        var read = await ReadAsync(address);

        Assert.Equal((host, port, user, database), (read.Host, read.Port, read.Username, read.Database));
        Assert.Equal((ssl, timeout), (read.SslMode, read.Timeout));
    }

    [Theory]
    [InlineData("Host=db;Pasword=secret")]
    [InlineData("secret")]
    [InlineData("Port=secret;Host=db")]
    [InlineData("Username=ada;Password=secret")]
    [InlineData("postgres://ada:secret@")]
    [InlineData("postgres://ada:secret@db/hunts?nothing=such")]
    public void CreateDataSource_WhatCannotBeUnderstood_IsRefusedWithAnExample_AndNoSecret(string connection)
    {
        var refused = Assert.Throws<PostgresStorageException>(() => PostgresConnection.CreateDataSource(connection, "veltrix"));

        Assert.Contains("Give it like Host=127.0.0.1;", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<NpgsqlConnectionStringBuilder> ReadAsync(string connection)
    {
        await using var source = PostgresConnection.CreateDataSource(connection, "veltrix");
        return new NpgsqlConnectionStringBuilder(source.ConnectionString);
    }
}
