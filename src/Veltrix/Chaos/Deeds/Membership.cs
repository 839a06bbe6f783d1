using Npgsql;

namespace Veltrix.Commands.Chaos.Deeds;

/// <summary>The cluster's membership as the database has it.</summary>
internal sealed class Membership(NpgsqlDataSource database, string cluster)
{
    // How Orleans numbers them.
    private const int Active = 3;
    private const int Dead = 6;

    // A silo gives a sign of life every half minute.
    private const string Others =
        """
        SELECT DISTINCT DeploymentId FROM OrleansMembershipTable WHERE DeploymentId <> @cluster AND Status = @active AND IAmAliveTime > now() - interval '90 seconds'
        """;

    private const string Latest =
        """
        SELECT Status FROM OrleansMembershipTable WHERE DeploymentId = @cluster AND SiloName = @silo ORDER BY Generation DESC LIMIT 1
        """;

    private const string Forget =
        """
        DELETE FROM OrleansMembershipTable WHERE DeploymentId = @cluster;
        DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @cluster
        """;

    /// <summary>Clusters that live in the same database: two would fight over the same grains.</summary>
    public async Task<IReadOnlyList<string>> OthersAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(Others);
        command.Parameters.AddWithValue("cluster", cluster);
        command.Parameters.AddWithValue("active", Active);
        await using var rows = await command.ExecuteReaderAsync(stop);
        var names = new List<string>();
        while (await rows.ReadAsync(stop))
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }

    /// <summary>Whether the others took a silo, as it was started last, for dead.</summary>
    public async Task<bool> IsDeadAsync(string silo, CancellationToken stop)
    {
        await using var command = database.CreateCommand(Latest);
        command.Parameters.AddWithValue("cluster", cluster);
        command.Parameters.AddWithValue("silo", silo);
        return await command.ExecuteScalarAsync(stop) is Dead;
    }

    /// <summary>After the run: nobody will ask for this cluster again.</summary>
    public async Task ForgetAsync()
    {
        await using var command = database.CreateCommand(Forget);
        command.Parameters.AddWithValue("cluster", cluster);
        await command.ExecuteNonQueryAsync();
    }
}
