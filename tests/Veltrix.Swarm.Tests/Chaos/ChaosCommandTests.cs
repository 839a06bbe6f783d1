using System.CommandLine;
using Npgsql;
using Veltrix.Commands.Chaos;
using Veltrix.Commands.Chaos.Networks;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class ChaosCommandTests
{
    [Theory]
    [InlineData("--silos 0", "--silos takes 1 to 50.")]
    [InlineData("--gateways 51", "--gateways takes 1 to 50.")]
    [InlineData("--players 0", "--players")]
    [InlineData("--rate 0", "--rate")]
    [InlineData("--seconds 0", "--seconds takes 1 to 1,000,000 seconds.")]
    [InlineData("--grain-every -1", "--grain-every")]
    [InlineData("--process-every often", "often")]
    [InlineData("--what kill,burn", "--what has 'burn': give a list of kill,term,freeze,cut,database.")]
    [InlineData("--mix fly=3", "'fly=3'")]
    [InlineData("--postgres-stop stop", "--postgres-stop and --postgres-start belong together: give both, or neither.")]
    [InlineData("--postgres-start start", "--postgres-stop and --postgres-start belong together: give both, or neither.")]
    [InlineData("--postgres-away -3", "--postgres-away")]
    [InlineData("--url http://127.0.0.1:1", "--url")]
    public void Parse_BadUsage_SaysWhichOption(string arguments, string said) =>
        Assert.Contains(Parse(arguments).Errors, error => error.Message.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void Parse_NothingGiven_IsWhatTheIssueOfAClusterHasToBear()
    {
        var parsed = Parse("");
        Assert.Empty(parsed.Errors);
        var settings = ChaosCommand.SettingsOf(parsed);

        Assert.Equal((3, 2, 300.0, 3.0, 20.0), (settings.Plan.Silos, settings.Plan.Gateways, settings.Plan.Seconds, settings.Plan.GrainEvery, settings.Plan.ProcessEvery));
        Assert.Equal((2000, 0.5), (settings.Swarm.Players, settings.Swarm.Rate));
        Assert.Equal(Enum.GetValues<DeedKind>(), settings.Plan.Kinds);
    }

    [Fact]
    public void Parse_EverythingGiven_IsTaken()
    {
        var parsed = Parse(
            "--postgres Host=h --silos 4 --gateways 3 --players 10 --rate 2 --seconds 60 --seed 9 --json - --grain-every 1 --process-every 5 --what freeze,cut "
            + "--postgres-stop off --postgres-start on --postgres-away 30 --logs here --warmup 1 --batch 2 --map generated:64x64@1 --mix move=1");
        Assert.Empty(parsed.Errors);
        var settings = ChaosCommand.SettingsOf(parsed);

        Assert.Equal([DeedKind.Freeze, DeedKind.Cut, DeedKind.Part], settings.Plan.Kinds);
        Assert.Equal(("off", "on", 30.0), (settings.PostgresStop, settings.PostgresStart, settings.Plan.DatabaseAway));
        Assert.Equal((9ul, 9ul, "-", "here"), (settings.Plan.Seed, settings.Swarm.Seed, settings.Json, settings.Logs));
    }

    [Fact]
    public void Network_DatabaseThatCannotBeForwarded_IsSaid()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && IpTool.File is not null, "Network namespaces are made by root, on Linux, with ip.");

        Assert.Null(NamespaceNetwork.Missing(new NpgsqlConnectionStringBuilder("Host=db")));
        Assert.Contains("more than one host", NamespaceNetwork.Missing(new NpgsqlConnectionStringBuilder("Host=a,b")), StringComparison.Ordinal);
        Assert.Contains("socket of Unix", NamespaceNetwork.Missing(new NpgsqlConnectionStringBuilder("Host=/tmp")), StringComparison.Ordinal);
        Assert.Contains("certificate", NamespaceNetwork.Missing(new NpgsqlConnectionStringBuilder("Host=db;SSL Mode=VerifyFull")), StringComparison.Ordinal);
    }

    private static ParseResult Parse(string arguments) =>
        ChaosCommand.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
