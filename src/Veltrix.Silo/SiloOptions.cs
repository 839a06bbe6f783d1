using System.Net;
using Microsoft.Extensions.Options;

namespace Veltrix.Silo;

/// <summary>Where one silo of a cluster is. Read from the configuration's section Veltrix:Silo.</summary>
public sealed class SiloOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Veltrix:Silo";

    /// <summary>
    /// What operators call the silo, 1 to 100 characters: in logs, on the dashboard, in the list of silos. By default the variable POD_NAME, else the machine's
    /// name and the port.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// The IP address at which other silos and gateways reach this one, and at which it listens. By default the variable POD_IP, else 127.0.0.1, which is right
    /// for a trial on one machine only.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port for other silos, 1 to 65,535; 11,111 by default. Trusted networks only: it takes what it is told.</summary>
    public int SiloPort { get; set; } = 11_111;

    /// <summary>The port for gateways, 1 to 65,535; 30,000 by default. Trusted networks only: it takes what it is told.</summary>
    public int ClientPort { get; set; } = 30_000;

    /// <summary>
    /// How long a silo that is asked to end may take to hand its grains over and to leave its cluster, 1 s to 5 min; 20 s by default. Half of it at the most goes
    /// into handing over, at <see cref="Spreading.SpreadOptions.MovesPerSecond"/> or as fast as it has to be; what stays is taken over from the database, as after a
    /// crash. Whoever kills the process has to wait longer than this: a pod's terminationGracePeriodSeconds, 30 s by default, counts from the beginning of its
    /// preStop.
    /// </summary>
    public TimeSpan ShutdownTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether the dashboard shows calls by grain and method, beside silos and activations. Each call of a grain then goes through a
    /// filter, looked at or not, which took 1,000 bytes and about half a microsecond more a call where it was measured. Default false. `veltrix up` reads it too.
    /// </summary>
    public bool DashboardCalls { get; set; }

    /// <summary>The address as the system wants it.</summary>
    internal IPAddress ParsedAddress => IPAddress.Parse(Address);
}

internal sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var problems = new List<string>();
        if (options.Name is { Length: 0 or > 100 })
        {
            problems.Add($"Name has {options.Name.Length} characters: set {SiloOptions.Section}:Name, or --name, to 1 to 100.");
        }

        if (!IPAddress.TryParse(options.Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            problems.Add($"Address is '{options.Address}': set {SiloOptions.Section}:Address, or --address, to the IP address at which others reach this silo, such as 10.0.0.7.");
        }

        Port(nameof(options.SiloPort), options.SiloPort, "--silo-port");
        Port(nameof(options.ClientPort), options.ClientPort, "--client-port");
        if (options.SiloPort == options.ClientPort)
        {
            problems.Add($"SiloPort and ClientPort are both {options.SiloPort}: give the silo two ports.");
        }

        if (options.ShutdownTime < TimeSpan.FromSeconds(1) || options.ShutdownTime > TimeSpan.FromMinutes(5))
        {
            problems.Add($"ShutdownTime is {options.ShutdownTime}: set {SiloOptions.Section}:{nameof(options.ShutdownTime)} to 0:00:01 to 0:05:00.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Port(string setting, int value, string option)
        {
            if (value is < 1 or > 65_535)
            {
                problems.Add($"{setting} is {value}: set {SiloOptions.Section}:{setting}, or {option}, to 1 to 65535.");
            }
        }
    }
}
