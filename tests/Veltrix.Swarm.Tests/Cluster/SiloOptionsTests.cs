using Microsoft.Extensions.Options;
using Veltrix.Silo;

namespace Veltrix.Swarm.Tests.Cluster;

public sealed class SiloOptionsTests
{
    public static TheoryData<string, string, ValidateOptionsResult> Misfits => new()
    {
        { "Name", "--name", Validate(static o => o.Name = "") },
        { "Name", "--name", Validate(static o => o.Name = new string('x', 101)) },
        { "Address", "--address", Validate(static o => o.Address = "") },
        { "Address", "--address", Validate(static o => o.Address = null!) },
        { "Address", "--address", Validate(static o => o.Address = "silo.example") },
        { "Address", "--address", Validate(static o => o.Address = "0.0.0.0") },
        { "Address", "--address", Validate(static o => o.Address = "::") },
        { "SiloPort", "--silo-port", Validate(static o => o.SiloPort = 0) },
        { "SiloPort", "--silo-port", Validate(static o => o.SiloPort = 65_536) },
        { "ClientPort", "--client-port", Validate(static o => o.ClientPort = -1) },
        { "ClientPort", "--client-port", Validate(static o => o.ClientPort = 65_536) },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Validate_ASettingThatDoesNotFit_NamesItAndItsOption(string setting, string option, ValidateOptionsResult result)
    {
        Assert.True(result.Failed);
        Assert.Contains($": set Veltrix:Silo:{setting}, or {option}, to ", Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OnePortForBoth_AsksForTwo() => Assert.Equal(
        "SiloPort and ClientPort are both 5000: give the silo two ports.",
        Assert.Single(Validate(static o => (o.SiloPort, o.ClientPort) = (5000, 5000)).Failures!));

    [Theory]
    [InlineData(0.9)]
    [InlineData(300.1)]
    public void Validate_AShutdownTimeThatDoesNotFit_NamesIt(double seconds) => Assert.Contains(
        ": set Veltrix:Silo:ShutdownTime to 0:00:01 to 0:05:00.",
        Assert.Single(Validate(o => o.ShutdownTime = TimeSpan.FromSeconds(seconds)).Failures!),
        StringComparison.Ordinal);

    [Fact]
    public void Validate_DefaultsAndTheEnds_Fit() => Assert.All(
        [
            Validate(static _ => { }),
            Validate(static o => (o.Name, o.Address) = ("x", "::1")),
            Validate(static o => (o.Name, o.Address) = (new string('x', 100), "10.0.0.7")),
            Validate(static o => (o.SiloPort, o.ClientPort) = (1, 65_535)),
            Validate(static o => (o.SiloPort, o.ClientPort) = (65_535, 1)),
            Validate(static o => o.ShutdownTime = TimeSpan.FromSeconds(1)),
            Validate(static o => o.ShutdownTime = TimeSpan.FromMinutes(5)),
        ],
        static result => Assert.True(result.Succeeded, result.FailureMessage));

    private static ValidateOptionsResult Validate(Action<SiloOptions> set)
    {
        var options = new SiloOptions();
        set(options);
        return new SiloOptionsValidator().Validate(null, options);
    }
}
