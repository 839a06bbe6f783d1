using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>A client in another language, written from the protocol's page alone, plays against the real server.</summary>
public sealed partial class StrangerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("binary")]
    [InlineData("json")]
    public async Task Hunter_WrittenFromThePageAlone_JoinsWalksDigsAndResumes(string flavour)
    {
        var (up, address, key) = await VeltrixProcess.UpAsync(_folder.Of("data"), VeltrixProcess.FreePort());
        await using (up)
        {
            var hunt = HuntName().Match(up.Errors).Groups["hunt"].Value;
            foreach (var token in new[] { null, await TokenAsync(address, key!, hunt, "registered") })
            {
                string[] who = token is null ? ["--player", "guest"] : ["--player", "registered", "--token", token];
                await using var hunter = ChildProcess.Start(
                    Python(), [Script, "--url", address.AbsoluteUri.TrimEnd('/'), "--hunt", hunt, .. who, "--flavour", flavour, "--steps", "30"]);

                var exit = await hunter.ExitAsync(Patience);

                Assert.True(exit == 0, $"exit {exit}\n{hunter.Output}\n{hunter.Errors}");
                using var report = JsonDocument.Parse(hunter.Output.Trim().Split('\n')[^1]);
                Assert.True(report.RootElement.GetProperty("resumed").GetBoolean(), hunter.Output);
            }
        }
    }

    [Fact]
    public async Task Hunter_WithThePagesVectors_FindsTheSameBytes()
    {
        await using var hunter = ChildProcess.Start(Python(), [Script, "--vectors"]);

        var exit = await hunter.ExitAsync(Patience);

        Assert.True(exit == 0, $"exit {exit}\n{hunter.Output}\n{hunter.Errors}");
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Strangers", "hunter.py");

    private static string Python()
    {
        var python = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null, "There is no python3 on this machine: install it to play the protocol from another language.");
        return python;
    }

    private static async Task<string> TokenAsync(Uri address, string key, string hunt, string player)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.PostAsJsonAsync(
            new Uri($"/v1/hunts/{hunt}/tokens", UriKind.Relative), new { players = new[] { player } }, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body);
        using var tokens = JsonDocument.Parse(body);
        return tokens.RootElement.GetProperty("tokens")[0].GetProperty("token").GetString()!;
    }

    [GeneratedRegex("The hunt (?<hunt>\\S+) runs", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HuntName();
}
