using System.CommandLine;
using Veltrix.Commands;
using Veltrix.Commands.Swarm;

namespace Veltrix.Swarm.Tests;

public sealed class SwarmCommandTests
{
    [Theory]
    [InlineData("--players 0", "--players")]
    [InlineData("--players many", "many")]
    [InlineData("--rate 0", "--rate")]
    [InlineData("--rate -3", "--rate")]
    [InlineData("--batch 65", "--batch")]
    [InlineData("--seconds 0", "--seconds")]
    [InlineData("--warmup -1", "--warmup")]
    [InlineData("--mix fly=3", "'fly=3'")]
    [InlineData("--seed -1", "-1")]
    [InlineData("--url localhost", "--url")]
    [InlineData("--hunt h --map generated:64x64@1", "either --hunt or --map")]
    [InlineData("--speed 3", "--speed")]
    public void Parse_BadUsage_SaysWhichOption(string arguments, string said)
    {
        var parsed = Parse("--key vop_x " + arguments);

        Assert.Contains(parsed.Errors, error => error.Message.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--players 3000 --rate 4 --batch 8 --seconds 60 --warmup 5 --mix move=80,look=10,drop=6,dig=4 --seed 9 --json -")]
    [InlineData("--hunt summer --acked-log acked.ndjson")]
    [InlineData("--rate 0.5 --seconds 0.5 --warmup 0")]
    public void Parse_GoodUsage_HasNoErrors(string arguments) => Assert.Empty(Parse("--key vop_x " + arguments).Errors);

    [Fact]
    public void All_OptionsOfSwarmAndUp_HaveTheAgreedNames() => Assert.Equal(
        ["--map", "--players", "--rate", "--batch", "--seconds", "--warmup", "--mix", "--seed", "--json"],
        SwarmOptions.All.Select(option => option.Name));

    [Fact]
    public async Task Run_NobodyListens_FailsWithASentence()
    {
        using var error = new StringWriter();
        var exit = await SwarmCommand.RunAsync(
            Parse("--key vop_x --url http://127.0.0.1:9 --hunt none --players 1 --seconds 1"), error, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Failed, exit);
        Assert.StartsWith("The swarm cannot play at http://127.0.0.1:9/", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 20_000, false)]
    [InlineData(19_701, 20_000, true)]
    [InlineData(30_000, 1_000_000, true)]
    public void Descriptors_SocketsAgainstLimits_AreRefusedWithTheMend(int sockets, int files, bool refused) =>
        Assert.Equal(refused, Descriptors.Problem(sockets, (nuint)files) is not null);

    private static ParseResult Parse(string arguments) =>
        SwarmCommand.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
