using Microsoft.AspNetCore.Builder;
using Veltrix.Commands.Cluster;

namespace Veltrix.Swarm.Tests.Cluster;

/// <summary>Which of several places a setting is taken from. The environment is the process's own: the tests of one class run one after the other.</summary>
public sealed class ClusterSettingsTests : IDisposable
{
    private const string InEnvironment = "Veltrix__Silo__Address";
    private const string Name = "Veltrix:Silo:Name";
    private const string Address = "Veltrix:Silo:Address";

    private readonly string _folder = Directory.CreateTempSubdirectory("veltrix-test-").FullName;
    private readonly List<string> _variables = [];

    public void Dispose()
    {
        foreach (var variable in _variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Read_FileEnvironmentAndCommandLine_TheLaterIsOverTheEarlier()
    {
        var config = File("""{ "Veltrix": { "Silo": { "Address": "10.0.0.1" }, "Cluster": { "Name": "filed" } } }""");
        Assert.Equal(("10.0.0.1", "filed"), Read($"--config {config}"));

        Set(InEnvironment, "10.0.0.2");
        Set("Veltrix__Cluster__Name", "surrounding");
        Assert.Equal(("10.0.0.2", "surrounding"), Read($"--config {config}"));

        Assert.Equal(("10.0.0.3", "typed"), Read($"--config {config} --cluster typed", (Address, "10.0.0.3")));
        Assert.Equal(("10.0.0.2", "surrounding"), Read("", (Address, null)));
    }

    [Fact]
    public void Read_InAPod_TakesItsNameAndAddress_WhereNothingElseIsGiven()
    {
        Set("POD_NAME", "silo-0");
        Set("POD_IP", "10.1.0.1");
        Assert.Equal(("silo-0", "10.1.0.1"), Own(Configure("")));
        Assert.Equal(("typed", "10.0.0.3"), Own(Configure("", (Name, "typed"), (Address, "10.0.0.3"))));

        var config = File("""{ "Veltrix": { "Silo": { "Name": "filed" } } }""");
        Assert.Equal(("filed", "10.1.0.1"), Own(Configure($"--config {config}")));

        Set(InEnvironment, "10.0.0.2");
        Assert.Equal(("silo-0", "10.0.0.2"), Own(Configure("")));

        Set("POD_NAME", "");
        Assert.Equal((null, "10.0.0.2"), Own(Configure("")));

        static (string?, string?) Own(WebApplicationBuilder builder) => (builder.Configuration[Name], builder.Configuration[Address]);
    }

    [Fact]
    public void Read_NothingGiven_SaysNothing() => Assert.Equal((null, null), Read(""));

    [Theory]
    [InlineData(null)]
    [InlineData("Veltrix: none of JSON")]
    [InlineData("""{ "Veltrix": """)]
    [InlineData("""[ "Veltrix" ]""")]
    [InlineData("")]
    public void Read_AFileThatIsMissingOrNoJson_IsRefusedWithItsName(string? text)
    {
        var config = text is null ? Path.Combine(_folder, "missing.json") : File(text);

        var refused = Assert.Throws<ClusterSettingsException>(() => Read($"--config {config}"));

        Assert.StartsWith($"--config '{config}' cannot be read: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ListenByDefault_OnlyWhereNothingElseIsSaid()
    {
        const string Urls = "urls";
        var silent = Configure("");
        ClusterSettings.ListenByDefault(silent, "http://127.0.0.1:1");
        Assert.Equal("http://127.0.0.1:1", silent.WebHost.GetSetting(Urls));

        var typed = Configure("", (Urls, "http://127.0.0.1:2"));
        ClusterSettings.ListenByDefault(typed, "http://127.0.0.1:1");
        Assert.Equal("http://127.0.0.1:2", typed.Configuration[Urls]);

        var filed = Configure($"--config {File("""{ "Kestrel": { "Endpoints": { "Http": { "Url": "http://127.0.0.1:3" } } } }""")}");
        ClusterSettings.ListenByDefault(filed, "http://127.0.0.1:1");
        Assert.Null(filed.WebHost.GetSetting(Urls));
    }

    private static (string? Address, string? Cluster) Read(string arguments, params ReadOnlySpan<(string, string?)> commandLine)
    {
        var configuration = Configure(arguments, commandLine).Configuration;
        return (configuration[Address], configuration["Veltrix:Cluster:Name"]);
    }

    private static WebApplicationBuilder Configure(string arguments, params ReadOnlySpan<(string, string?)> commandLine)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var given = GatewayCommand.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(given.Errors);
        ClusterSettings.Read(builder, given, commandLine);
        return builder;
    }

    private string File(string text)
    {
        var path = Path.Combine(_folder, "veltrix.json");
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private void Set(string variable, string value)
    {
        _variables.Add(variable);
        Environment.SetEnvironmentVariable(variable, value);
    }
}
