using Microsoft.Extensions.Options;

namespace Veltrix.Hosting.Cluster;

/// <summary>
/// What all processes of a cluster are told alike: who belongs together, and how long each waits for another. Read from the configuration's section
/// Veltrix:Cluster.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Veltrix:Cluster";

    /// <summary>
    /// The cluster's name, 1 to 100 characters; "veltrix" by default. Silos and gateways of one name find each other in their database and share its hunts.
    /// </summary>
    public string Name { get; set; } = "veltrix";

    /// <summary>
    /// How long a silo may take to answer a probe, 200 ms to 30 s; 1 s by default, and half as much again from one that is itself short of time. Probes go out as often.
    /// Together with <see cref="MissedProbes"/> it decides how soon a silo that fell silent is noticed, by default after some three to four seconds, and how long one may stand
    /// still, for garbage or for a busy host, without being taken for dead. A silo whose process ended is noticed within a moment: its machine refuses connections.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many probes in a row have to be missed until a silo is suspected, 1 to 10; 2 by default.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>
    /// How many silos have to suspect another, or be refused at its port, until it counts as dead, 1 to 10; 2 by default, so that one silo with a broken network does
    /// not take the others down. Where fewer are left, all of them suffice.
    /// </summary>
    public int Votes { get; set; } = 2;

    /// <summary>
    /// How often a silo reads the list of silos, beside what silos tell each other, 1 s to 5 min; 5 s by default. It costs the database one small read.
    /// </summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a gateway reads the list of silos, 200 ms to 5 min; 1 s by default. Nobody else tells it: until then it uses no new silo, and waits for one that was taken
    /// for dead. It costs the database one small read.
    /// </summary>
    public TimeSpan GatewayRefreshEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a call to a grain may take, 1 s to 5 min; 2.5 s by default. A gateway's call that was on its way to a silo that fell silent hangs this long and is then
    /// repeated with the same operations; where a connection told of the silo's end it does not wait for this. Shorter ones make calls twice that were only slow.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2.5);
}

internal sealed class ClusterOptionsValidator : IValidateOptions<ClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        var problems = new List<string>();
        if (options.Name is not { Length: >= 1 and <= 100 })
        {
            problems.Add($"Name has {options.Name?.Length ?? 0} characters: set {ClusterOptions.Section}:Name, or --cluster, to 1 to 100.");
        }

        Span(nameof(options.ProbeTimeout), options.ProbeTimeout, 0.2, 30);
        Number(nameof(options.MissedProbes), options.MissedProbes);
        Number(nameof(options.Votes), options.Votes);
        Span(nameof(options.RefreshEvery), options.RefreshEvery, 1, 300);
        Span(nameof(options.GatewayRefreshEvery), options.GatewayRefreshEvery, 0.2, 300);
        Span(nameof(options.ResponseTimeout), options.ResponseTimeout, 1, 300);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Number(string setting, int value)
        {
            if (value is < 1 or > 10)
            {
                problems.Add($"{setting} is {value}: set {ClusterOptions.Section}:{setting} to 1 to 10.");
            }
        }

        void Span(string setting, TimeSpan value, double least, double most)
        {
            if (value < TimeSpan.FromSeconds(least) || value > TimeSpan.FromSeconds(most))
            {
                problems.Add($"{setting} is {value}: set {ClusterOptions.Section}:{setting} to {TimeSpan.FromSeconds(least):g} to {TimeSpan.FromSeconds(most):g}.");
            }
        }
    }
}
