"""What is claimed of a plan's settings: each by itself, and all of them in one place."""

from contracts.claims import Claim, SettingAccepted, Starts
from contracts.scaling import Setting


def setting_claims(tuned: tuple[Setting, ...], together: str, accepts: str = "The server accepts") -> tuple[Claim, ...]:
    """A claim for each setting, `accepts` name = value, after the one for all at once, in the words of `together`."""
    if not tuned:
        return ()
    return (
        Claim(
            id="scaling.settings.together",
            sentence=together,
            element=f"setting.{tuned[0].name}",
            serves=tuned[0].serves,
            trial=Starts(settings=tuple((s.name, s.value) for s in tuned)),
        ),
        *(
            Claim(
                id=f"scaling.setting.{s.name}",
                sentence=f"{accepts} {s.name} = {s.value}.",
                element=f"setting.{s.name}",
                serves=s.serves,
                trial=SettingAccepted(name=s.name, value=s.value),
            )
            for s in tuned
        ),
    )
