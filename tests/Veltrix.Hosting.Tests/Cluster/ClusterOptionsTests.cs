using Microsoft.Extensions.Options;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Hosting.Tests.Cluster;

public sealed class ClusterOptionsTests
{
    public static TheoryData<string, ValidateOptionsResult> Misfits => new()
    {
        { "Name", Validate(static o => o.Name = "") },
        { "Name", Validate(static o => o.Name = null!) },
        { "Name", Validate(static o => o.Name = new string('x', 101)) },
        { "ProbeTimeout", Validate(static o => o.ProbeTimeout = TimeSpan.FromMilliseconds(199)) },
        { "ProbeTimeout", Validate(static o => o.ProbeTimeout = TimeSpan.FromSeconds(31)) },
        { "MissedProbes", Validate(static o => o.MissedProbes = 0) },
        { "MissedProbes", Validate(static o => o.MissedProbes = 11) },
        { "Votes", Validate(static o => o.Votes = 0) },
        { "Votes", Validate(static o => o.Votes = 11) },
        { "RefreshEvery", Validate(static o => o.RefreshEvery = TimeSpan.FromMilliseconds(999)) },
        { "RefreshEvery", Validate(static o => o.RefreshEvery = TimeSpan.FromSeconds(301)) },
        { "GatewayRefreshEvery", Validate(static o => o.GatewayRefreshEvery = TimeSpan.FromMilliseconds(199)) },
        { "GatewayRefreshEvery", Validate(static o => o.GatewayRefreshEvery = TimeSpan.FromSeconds(301)) },
        { "ResponseTimeout", Validate(static o => o.ResponseTimeout = TimeSpan.FromMilliseconds(999)) },
        { "ResponseTimeout", Validate(static o => o.ResponseTimeout = TimeSpan.FromSeconds(301)) },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Validate_ASettingThatDoesNotFit_NamesItAndWhatFits(string setting, ValidateOptionsResult result)
    {
        Assert.True(result.Failed);
        Assert.Matches($"^{setting} (is|has) .*: set Veltrix:Cluster:{setting}(, or --cluster,)? to \\S+ to \\S+\\.$", Assert.Single(result.Failures));
    }

    [Fact]
    public void Validate_SeveralThatDoNotFit_NamesAll() => Assert.Equal(2, Validate(static o => (o.Votes, o.MissedProbes) = (0, 0)).Failures!.Count());

    [Fact]
    public void Validate_DefaultsAndTheEnds_Fit() => Assert.All(
        [
            Validate(static _ => { }),
            Validate(static o => (o.Name, o.Votes, o.MissedProbes) = ("x", 1, 10)),
            Validate(static o => (o.Name, o.Votes, o.MissedProbes) = (new string('x', 100), 10, 1)),
            Validate(static o => (o.ProbeTimeout, o.RefreshEvery, o.ResponseTimeout) = (TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))),
            Validate(static o => (o.ProbeTimeout, o.RefreshEvery, o.ResponseTimeout) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5))),
        ],
        static result => Assert.True(result.Succeeded, result.FailureMessage));

    private static ValidateOptionsResult Validate(Action<ClusterOptions> set)
    {
        var options = new ClusterOptions();
        set(options);
        return new ClusterOptionsValidator().Validate(null, options);
    }
}
